// Run by tests/views/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);

// What a host hands out: another object each time, with the same traits behind it.
function widget(layout = {}) {
  const traits = { layout, picture_number: 0 };
  const heard = [];
  const model = () => ({ get: (name) => traits[name], set: () => {}, on: (event, act) => event === "msg:custom" && heard.push(act) });
  const send = (message, ...bytes) => heard.forEach((act) => act(message, [new DataView(Uint8Array.from(bytes).buffer)]));
  return { traits, model, send };
}

test("pixels that came before the view are there for it, those of the picture of now alone", () => {
  const one = widget();
  views.keepEarly({ model: one.model() });
  assert.equal(views.earlyPixels(one.model()), null);
  one.traits.picture_number = 1;
  one.send({ pixels: 1 }, 7, 8, 9);
  assert.deepEqual(Array.from(views.earlyPixels(one.model()).pixels), [7, 8, 9]);
  one.send({ answer: 3 });
  assert.deepEqual(Array.from(views.earlyPixels(one.model()).pixels), [7, 8, 9]);
  one.traits.picture_number = 2;
  assert.equal(views.earlyPixels(one.model()), null, "another picture, whose pixels have not come");
  one.send({ pixels: 2 }, 1, 2);
  assert.deepEqual(Array.from(views.earlyPixels(one.model()).pixels), [1, 2]);
});

test("no widget is given the pixels of another", () => {
  const [one, other] = [widget(), widget()];
  for (const each of [one, other]) {
    views.keepEarly({ model: each.model() });
    each.traits.picture_number = 1;
  }
  one.send({ pixels: 1 }, 5);
  assert.equal(views.earlyPixels(other.model()), null);
});

test("where a host has no layout of its own for a widget, the view asks as before", () => {
  for (const layout of [undefined, null, "IPY_MODEL_7"]) {
    const one = widget(layout === undefined ? null : layout);
    views.keepEarly({ model: one.model() });
    one.traits.picture_number = 1;
    one.send({ pixels: 1 }, 5);
    assert.equal(views.earlyPixels(one.model()), null);
  }
});

// Run by tests/views/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const doubles = (...values) => new DataView(new Float64Array(values).buffer);
const bytes = (...values) => new DataView(new Uint8Array(values).buffer);

// What a host hands out: another object each time, with the same traits behind it.
function widget(layout = {}) {
  const heard = [];
  const model = () => ({ get: (name) => ({ layout })[name], set: () => {}, on: (event, act) => event === "msg:custom" && heard.push(act) });
  return { model, send: (message, ...buffers) => heard.forEach((act) => act(message, buffers)) };
}

test("another movie takes nothing of the one before along", () => {
  const store = views.movieStore();
  store.receive({ part: "times", number: 1 }, [doubles(0, 1)]);
  store.receive({ part: "frames", first: 0, size: 2 }, [bytes(1, 2, 3, 4)]);
  store.receive({ part: "grid" }, [doubles(0, 8), doubles(0, 8), doubles(0), doubles(0)]);
  store.receive({ part: "series" }, [doubles(0.5), doubles(0.1), doubles(3)]);
  assert.deepEqual(store.frames.map((one) => [...one]), [[1, 2], [3, 4]]);
  assert.deepEqual([[...store.data.holes], store.edges.rows], [[3], [0, 8]]);
  const { data } = store;
  store.receive({ part: "times", number: 2 }, [doubles(5)]);
  assert.equal(store.data, data, "the chart holds it");
  assert.deepEqual([[...data.times], data.fractions, data.holes, store.frames, store.edges.rows], [[5], null, null, [], []]);
});

test("the same movie once more empties nothing", () => {
  const store = views.movieStore();
  const times = () => store.receive({ part: "times", number: 3 }, [doubles(0, 1)]);
  times();
  store.receive({ part: "frames", first: 0, size: 1 }, [bytes(8, 9)]);
  store.receive({ part: "series" }, [doubles(0.5), doubles(0.1)]);
  times();
  assert.deepEqual([store.frames.length, [...store.data.fractions]], [2, [0.5]]);
});

test("frames that came before the view are there for it, and for each further view", () => {
  const [one, other] = [widget(), widget()];
  for (const each of [one, other]) views.keepMovie({ model: each.model() });
  one.send({ part: "times", number: 1 }, doubles(0, 1));
  one.send({ part: "frames", first: 0, size: 2 }, bytes(1, 2));
  const first = views.storeOf(one.model());
  assert.deepEqual([first.hears, first.store.frames.map((frame) => [...frame])], [true, [[1, 2]]]);
  one.send({ part: "frames", first: 1, size: 2 }, bytes(3, 4));
  assert.equal(views.storeOf(one.model()).store, first.store);
  assert.deepEqual(first.store.frames.map((frame) => [...frame]), [[1, 2], [3, 4]]);
  assert.equal(views.storeOf(other.model()).store.frames.length, 0);
});

test("where a host has no layout of its own for a widget, each view has a store of its own", () => {
  const one = widget("IPY_MODEL_7");
  views.keepMovie({ model: one.model() });
  const { store, hears } = views.storeOf(one.model());
  assert.equal(hears, false);
  assert.notEqual(views.storeOf(one.model()).store, store);
});

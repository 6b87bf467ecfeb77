// Run by tests/views/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const { leftBy, placeOf } = await import(process.env.VIEWS_MODULE);

test("what a widget that ended has left is for one that was born later", () => {
  const text = JSON.stringify({ birth: "one", settings: { rotation: 12.5 } });
  assert.deepEqual(leftBy(text, "two"), { rotation: 12.5 });
  assert.equal(leftBy(text, "one"), null, "it is the widget itself, whose kernel answers again");
});

test("nothing is offered where nothing was changed, or nothing can be read", () => {
  for (const text of [null, "", "{", "[]", "7", JSON.stringify({ birth: "one", settings: {} }), JSON.stringify({ birth: "one" })]) {
    assert.equal(leftBy(text, "two"), null);
  }
});

test("each kind of widget on each page has a place of its own", () => {
  assert.notEqual(placeOf("Quiz", "/a"), placeOf("Quiz", "/b"));
  assert.notEqual(placeOf("Quiz", "/a"), placeOf("Explorer", "/a"));
});

// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const LINE = [180, 20, 180, 120];

test("an end moves, the other one stays, and both stay in the picture", () => {
  assert.deepEqual(views.moveEnd(LINE, 1, 100, 200, 192, 256), [180, 20, 100, 200]);
  assert.deepEqual(views.moveEnd(LINE, 0, 300, -5, 192, 256), [192, 0, 180, 120]);
  assert.deepEqual(LINE, [180, 20, 180, 120]);
});

test("a line that is nearly level becomes level", () => {
  assert.deepEqual(views.moveEnd(LINE, 1, 182, 120, 192, 256), [180, 20, 180, 120]);
  assert.deepEqual(views.moveEnd(LINE, 0, 177.5, 20, 192, 256), [180, 20, 180, 120]);
  assert.deepEqual(views.moveEnd(LINE, 1, 184, 120, 192, 256), [180, 20, 184, 120]);
});

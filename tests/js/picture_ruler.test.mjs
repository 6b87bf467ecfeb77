// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const LINE = [180, 20, 180, 120];

test("an end moves, the other one stays, and both stay in the picture", () => {
  assert.deepEqual(views.moveEnd(LINE, 1, 100, 200, 192, 256), [180, 20, 100, 200]);
  assert.deepEqual(views.moveEnd(LINE, 0, 300, -5, 192, 256), [192, 0, 180, 120]);
  assert.deepEqual(views.moveEnd(LINE, 1, 182, 120, 192, 256), [180, 20, 182, 120]);
  assert.deepEqual(LINE, [180, 20, 180, 120]);
});

test("with Shift a line has one of 24 directions, and keeps its length", () => {
  assert.deepEqual(views.moveEnd([100, 20, 100, 120], 1, 103, 120, 192, 256, true).map(Math.round), [100, 20, 100, 120]);
  const [row, col, row1, col1] = views.moveEnd([100, 20, 100, 120], 0, 60, 160, 192, 256, true);
  assert.deepEqual([row1, col1], [100, 120]);
  assert.ok(Math.abs(Math.hypot(row - 100, col - 120) - Math.hypot(40, 40)) < 1e-4);
  assert.ok(Math.abs(row - 60) < 1e-4 && Math.abs(col - 160) < 1e-4, "45 degrees is one of them");
});

test("a line moves as a whole, and stops at the edge with its length", () => {
  assert.deepEqual(views.moveLine(LINE, -10, 5, 192, 256), [170, 25, 170, 125]);
  assert.deepEqual(views.moveLine(LINE, 100, -300, 192, 256), [192, 0, 192, 100]);
});

test("the length has its unit, also where pixels are not square", () => {
  assert.equal(views.lengthText([0, 0, 30, 40], { row: 1, col: 1, unit: "px" }), "50 px");
  assert.equal(views.lengthText([0, 0, 30, 40], { row: 0.04, col: 0.0125, unit: "nm" }), "1.3 nm");
});

// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const ROWS = 192;
const COLS = 256;
const BOX = { row: 40, col: 60, height: 50, width: 70 };

test("a window moves by whole pixels and stops at the edge", () => {
  assert.deepEqual(views.moveWindow(BOX, 3.4, -7.6, ROWS, COLS), { ...BOX, row: 43, col: 52 });
  assert.deepEqual(views.moveWindow(BOX, 999, 999, ROWS, COLS), { ...BOX, row: ROWS - 50, col: COLS - 70 });
  assert.deepEqual(views.moveWindow(BOX, -999, -999, ROWS, COLS), { ...BOX, row: 0, col: 0 });
});

test("an edge that is moved leaves the opposite one where it is", () => {
  assert.deepEqual(views.resizeWindow(BOX, "se", 10, 20, ROWS, COLS), { ...BOX, height: 60, width: 90 });
  assert.deepEqual(views.resizeWindow(BOX, "nw", 10, 20, ROWS, COLS), { row: 50, col: 80, height: 40, width: 50 });
  assert.deepEqual(views.resizeWindow(BOX, "n", -999, 50, ROWS, COLS), { ...BOX, row: 0, height: 90 });
  assert.deepEqual(views.resizeWindow(BOX, "e", 50, 999, ROWS, COLS), { ...BOX, width: COLS - 60 });
});

test("an edge never passes the opposite one", () => {
  assert.deepEqual(views.resizeWindow(BOX, "w", 0, 999, ROWS, COLS), { ...BOX, col: 114, width: 16 });
  assert.deepEqual(views.resizeWindow(BOX, "s", -999, 0, ROWS, COLS), { ...BOX, height: 16 });
});

test("growing keeps the middle, the picture and the smallest size", () => {
  assert.deepEqual(views.growWindow(BOX, 10, -10, ROWS, COLS), { row: 35, col: 65, height: 60, width: 60 });
  assert.deepEqual(views.growWindow(BOX, 999, 999, ROWS, COLS), { row: 0, col: 0, height: ROWS, width: COLS });
  const least = views.growWindow(BOX, -999, -999, ROWS, COLS);
  assert.deepEqual([least.height, least.width], [16, 16]);
});

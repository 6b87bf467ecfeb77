// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const CELL = [10, 20, 0, 12, -9, 3];

test("a cell has its corner in the middle of a pixel, and both vectors from there", () => {
  assert.deepEqual(views.cornersOf(CELL), [[10.5, 20.5], [10.5, 32.5], [1.5, 35.5], [1.5, 23.5]]);
});

test("one vector moves, and the rest stays", () => {
  assert.deepEqual(views.moveVector(CELL, 0, 2, -3), [10, 20, 2, 9, -9, 3]);
  assert.deepEqual(views.moveVector(CELL, 1, 2, -3), [10, 20, 0, 12, -7, 0]);
  assert.deepEqual(CELL, [10, 20, 0, 12, -9, 3]);
});

test("a vector keeps a length", () => {
  assert.equal(views.moveVector(CELL, 0, 0, -12), CELL);
  assert.equal(views.moveVector(CELL, 1, 9, -2), CELL);
});

test("atoms are where the cell has them, and on each side of a border that they lie on", () => {
  const at = (atoms) => views.atomsIn(CELL, atoms).map(({ row, col, name }) => [row, col, name]);
  assert.deepEqual(at([[0.5, 0.5, "Ti"]]), [[10.5 - 4.5, 20.5 + 6 + 1.5, "Ti"]]);
  // at a corner it is at all four; outside of the cell it is carried into it
  assert.deepEqual(at([[0, 0, "Sr"]]).map(([row, col]) => [row, col]), [[10.5, 20.5], [1.5, 23.5], [10.5, 32.5], [1.5, 35.5]]);
  assert.deepEqual(at([[-0.5, 2.5, "Ti"]]), at([[0.5, 0.5, "Ti"]]));
  assert.equal(at([[0.5, 1 - 1e-9, "O"]]).length, 2);
  assert.equal(at([[-1e-9, 0.3, "O"]]).length, 2);
});

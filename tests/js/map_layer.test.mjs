// Run by tests/views/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);

test("a position lies among places that need not be even", () => {
  assert.deepEqual(views.amongPlaces([10, 20, 25], 15), { at: 0, next: 1, part: 0.5 });
  assert.deepEqual(views.amongPlaces([10, 20, 25], 24), { at: 1, next: 2, part: 0.8 });
  assert.deepEqual(views.amongPlaces([10, 20, 25], 3), { at: 0, next: 0, part: 0 });
  assert.deepEqual(views.amongPlaces([10, 20, 25], 25), { at: 2, next: 2, part: 0 });
  assert.deepEqual(views.amongPlaces([10], 12), { at: 0, next: 0, part: 0 });
});

test("between places values are linear, and beside a missing one they are those of the nearest place", () => {
  const rows = views.amongPlaces([0, 10], 5);
  assert.equal(views.valueBetween([0, 1, 2, 3], 2, rows, views.amongPlaces([0, 10], 5)), 1.5);
  assert.equal(views.valueBetween([0, 1, NaN, 3], 2, rows, views.amongPlaces([0, 10], 6)), 3);
  assert.ok(Number.isNaN(views.valueBetween([0, 1, NaN, 3], 2, rows, views.amongPlaces([0, 10], 4))));
});

test("the place under the mouse, and none in the margin", () => {
  assert.deepEqual(views.nearestPlace([10, 20], [30, 40], 10, 14, 36), { row: 0, col: 1 });
  assert.equal(views.nearestPlace([10, 20], [30, 40], 10, 3, 36), null);
  assert.equal(views.nearestPlace([], [], 10, 3, 36), null);
});

test("a value has no more digits than its error allows", () => {
  assert.equal(views.withError(-0.51234, 0.0312, "%"), "−0.512 ± 0.031 %");
  assert.equal(views.withError(12.7, 2.4, "°"), "12.7 ± 2.4°");
  assert.equal(views.withError(0.98765, NaN, ""), "0.988");
});

test("the ends of the color bar have a sign", () => {
  assert.equal(views.rangeEnd(-1.5, "%"), "−1.5 %");
  assert.equal(views.rangeEnd(0.02, "°"), "+0.02°");
  assert.equal(views.rangeEnd(0, ""), "0");
  assert.equal(views.rangeEnd(1.25, "nm", 0), "1.3 nm");
  assert.equal(views.rangeEnd(10.023, "°", 10.051), "10.02°");
  assert.equal(views.rangeEnd(10.051, "°", 10.023), "10.05°");
});

test("the sign of a dislocation has its arrow along the Burgers vector, and its stem a quarter turn counter-clockwise", () => {
  const right = views.signLines({ row: 0, col: 0.3 });
  assert.ok(right.tip.x > 0 && Math.abs(right.tip.y) < 1e-9);
  assert.ok(Math.abs(right.stem.x) < 1e-9 && right.stem.y < 0, "up on the screen");
  const up = views.signLines({ row: -2, col: 0 });
  assert.ok(up.tip.y < 0 && up.stem.x < 0, "an arrow up, and the stem to the left");
  assert.ok(Math.abs(Math.hypot(up.tip.x, up.tip.y) - Math.hypot(right.tip.x, right.tip.y)) < 1e-9, "of one length");
});

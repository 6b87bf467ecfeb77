// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const FRAME = { width: 400, height: 300 };
const POINTS = Float32Array.from([0, 0, 10, 0, 0, 5, 10, 5, 5, 2.5]);
const never = () => false;

test("the whole map fits the frame, with y up", () => {
  const view = views.extentOf(POINTS);
  const screen = views.project(POINTS, view, FRAME);
  for (let i = 0; i < screen.length; i += 2) {
    assert.ok(screen[i] > 50 && screen[i] < 350 && screen[i + 1] > 0 && screen[i + 1] < 300);
  }
  assert.ok(screen[1] > screen[5]);
  assert.deepEqual([screen[8], screen[9]], [200, 150]);
});

test("points that coincide, one point, and none have a view", () => {
  for (const points of [[], [3, 4], [3, 4, 3, 4]]) assert.ok(views.extentOf(Float32Array.from(points)).size > 0);
});

test("a zoom leaves the place under the mouse where it is", () => {
  const view = views.extentOf(POINTS);
  const before = views.project(POINTS, view, FRAME);
  const after = views.project(POINTS, views.zoomedAt(view, 3, { x: before[2], y: before[3] }, FRAME), FRAME);
  assert.ok(Math.abs(after[2] - before[2]) < 1e-3 && Math.abs(after[3] - before[3]) < 1e-3);
  assert.ok(Math.abs(after[4] - after[2]) > 2.9 * Math.abs(before[4] - before[2]));
});

test("the nearest point is found, but not a hidden one or one far away", () => {
  const screen = views.project(POINTS, views.extentOf(POINTS), FRAME);
  const place = { x: screen[8] + 3, y: screen[9] - 4 };
  assert.equal(views.nearestPoint(views.buildGrid(screen, never), screen, place), 4);
  assert.equal(views.nearestPoint(views.buildGrid(screen, (n) => n === 4), screen, place), -1);
  assert.equal(views.nearestPoint(views.buildGrid(screen, never), screen, { x: 200, y: 40 }), -1);
});

test("a lasso holds what it goes around, also when it is not convex", () => {
  const screen = Float32Array.from([10, 10, 50, 10, 90, 10, 50, 60]);
  const around = [[0, 0], [100, 0], [100, 30], [60, 30], [60, 5], [40, 5], [40, 30], [0, 30]].map(([x, y]) => ({ x, y }));
  assert.deepEqual(views.insideLasso(screen, never, around), [0, 2]);
  assert.deepEqual(views.insideLasso(screen, (n) => n === 0, around), [2]);
  assert.deepEqual(views.insideLasso(screen, never, around.slice(0, 2)), []);
});

test("an arrow goes to the next point in its direction, and stays at the rim", () => {
  const screen = Float32Array.from([10, 10, 50, 12, 90, 10, 50, 60]);
  assert.equal(views.stepFrom(screen, never, 0, 1, 0), 1);
  assert.equal(views.stepFrom(screen, (n) => n === 1, 0, 1, 0), 2);
  assert.equal(views.stepFrom(screen, never, 1, 0, 1), 3);
  assert.equal(views.stepFrom(screen, never, 0, -1, 0), 0);
});

// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);

test("a scale goes there and back, also upside down", () => {
  const scale = views.linearScale(2, 6, 300, 100);
  assert.equal(scale.to(2), 300);
  assert.equal(scale.to(6), 100);
  assert.equal(scale.from(scale.to(3.3)), 3.3);
  assert.equal(views.linearScale(1, 1, 0, 100).from(50), 1);
});

test("ticks are round and within", () => {
  assert.deepEqual(views.roundTicks(0, 200.25, 5), [0, 50, 100, 150, 200]);
  assert.deepEqual(views.roundTicks(0, 0.16, 3), [0, 0.1]);
  assert.deepEqual(views.roundTicks(0, 1, 2), [0, 0.5, 1]);
  assert.deepEqual(views.roundTicks(3, 3, 4), [3]);
});

test("the nearest of a rising list", () => {
  const times = [0, 2.25, 4.5, 9];
  assert.equal(views.nearestIndex(times, -5), 0);
  assert.equal(views.nearestIndex(times, 3.3), 1);
  assert.equal(views.nearestIndex(times, 3.5), 2);
  assert.equal(views.nearestIndex(times, 100), 3);
  assert.equal(views.nearestIndex([], 1), -1);
});

test("cells reach to the border of the frame", () => {
  const edges = [-0.5, 23.5, 39.5, 99.5];
  assert.equal(views.cellAt(edges, -0.5), 0);
  assert.equal(views.cellAt(edges, 23.4), 0);
  assert.equal(views.cellAt(edges, 23.5), 1);
  assert.equal(views.cellAt(edges, 99.5), 2);
});

test("colors are mixed by probability", () => {
  assert.deepEqual(views.mixColors([255, 0], 0, ["#102030", "#ffffff"]), [16, 32, 48]);
  assert.deepEqual(views.mixColors([9, 128, 128], 1, ["#000000", "#ffffff"]), [128, 128, 128]);
});

test("numbers that are none do not count", () => {
  assert.equal(views.largest([[1, NaN], [3, Infinity]], 0), 3);
  assert.equal(views.largest([[NaN]], 7), 7);
});

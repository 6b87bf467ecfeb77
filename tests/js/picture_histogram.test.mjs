// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const GRAYS = { low: 0, high: 255, scale: "linear", missing: false };

test("bars are where the bytes lie between dark and bright, as high as the root of their counts", () => {
  const pixels = Uint8Array.from([...Array(400).fill(0), ...Array(100).fill(128), 255]);
  const bars = views.histogramBars(views.histogram(pixels), views.toneCurve(GRAYS, false), 4);
  assert.deepEqual(bars.map((each) => Number(each.toFixed(3))), [1, 0, 0.5, 0.05]);
});

test("a logarithmic picture has the histogram of its logarithm, and pixels without a value are not counted", () => {
  const pixels = Uint8Array.from([0, 0, 0, 1, 20, 20, 255]);
  const tones = views.toneCurve({ ...GRAYS, missing: true }, true);
  const bars = views.histogramBars(views.histogram(pixels), tones, 10);
  assert.equal(bars.filter((each) => each > 0).length, 3);
  assert.equal(bars[0], Math.SQRT1_2);
  assert.equal(bars.indexOf(1), Math.floor(10 * tones[20]));
  assert.ok(bars.indexOf(1) >= 5, "byte 20 of 255 lies beyond the middle");
});

test("a picture without any value has no bars", () => {
  const tones = views.toneCurve({ ...GRAYS, missing: true }, false);
  assert.deepEqual(views.histogramBars(views.histogram(new Uint8Array(9)), tones, 3), [0, 0, 0]);
});

test("a press moves the nearer limit", () => {
  assert.equal(views.nearerLimit(0.3, { low: 0.2, high: 0.8 }), "low");
  assert.equal(views.nearerLimit(0.7, { low: 0.2, high: 0.8 }), "high");
  assert.equal(views.nearerLimit(0.9, { low: 0.5, high: 0.5 }), "high");
  assert.equal(views.nearerLimit(0.1, { low: 0.5, high: 0.5 }), "low");
});

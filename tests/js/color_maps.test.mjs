// Run by tests/test_views.py: VIEWS_MODULE is the joined module, MATPLOTLIB_TABLES the color maps of Matplotlib.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const LINEAR = { low: -1, high: 4, scale: "linear", missing: false };
const close = (a, b, slack = 1e-9) => assert.ok(Math.abs(a - b) <= slack, `${a} is not ${b}`);
const gray = (settings) => {
  const table = views.displayTable({ colorMap: "gray", low: 0, high: 1, gamma: 1, ...settings });
  return Array.from(table, (word) => word & 255);
};

test("color maps are Matplotlib's", () => {
  const expected = JSON.parse(process.env.MATPLOTLIB_TABLES);
  assert.deepEqual([...views.COLOR_MAPS].sort(), Object.keys(expected).sort());
  for (const [name, table] of Object.entries(expected)) {
    const ours = views.colorTable(name);
    const worst = Math.max(...table.map((channel, i) => Math.abs(channel - ours[i])));
    assert.ok(worst <= 6, `${name} is off by ${worst} of 255`);
  }
  assert.throws(() => views.colorTable("jet"), /no color map named "jet"/);
});

test("bytes stand for values, and missing pixels for none", () => {
  assert.equal(views.byteValue(0, LINEAR), -1);
  assert.equal(views.byteValue(255, LINEAR), 4);
  const log = { low: 0.01, high: 100, scale: "log", missing: true };
  assert.equal(views.byteValue(0, log), null);
  close(views.byteValue(1, log), 0.01);
  close(views.byteValue(128, log), 1);
  close(views.byteValue(255, log), 100, 1e-9);
});

test("the plain display of linear bytes is the byte itself", () => {
  assert.deepEqual(gray({ tones: views.toneCurve(LINEAR, false) }), Array.from({ length: 256 }, (_, i) => i));
});

test("log brightens weak values and keeps order and ends; gamma below 1 too", () => {
  const plain = gray({ tones: views.toneCurve(LINEAR, false) });
  for (const changed of [
    gray({ tones: views.toneCurve(LINEAR, true) }),
    gray({ tones: views.toneCurve(LINEAR, false), gamma: 0.5 }),
  ]) {
    assert.deepEqual([changed[0], changed[255]], [0, 255]);
    assert.ok(changed.every((level, i) => i === 0 || level >= changed[i - 1]));
    assert.ok(changed[20] > plain[20] + 20);
  }
});

test("a spectrum sent with a logarithmic scale looks the same as one sent linearly", () => {
  // value 25 of 0.1..100, once found among linear bytes, once among logarithmic ones
  const linear = { low: 0.1, high: 100, scale: "linear", missing: false };
  const log = { ...linear, scale: "log" };
  const linearByte = Math.round((255 * (25 - 0.1)) / (100 - 0.1));
  const logByte = Math.round((255 * Math.log(250)) / Math.log(1000));
  for (const shown of [false, true]) {
    close(views.toneCurve(linear, shown)[linearByte], views.toneCurve(log, shown)[logByte], 0.01);
  }
});

test("contrast limits cut off and stretch", () => {
  const tones = views.toneCurve(LINEAR, false);
  const levels = gray({ tones, low: 0.25, high: 0.75 });
  assert.equal(levels[63], 0);
  assert.equal(levels[192], 255);
  close(levels[128], 128, 1);
});

test("a percentile cut leaves out the stray pixels", () => {
  const pixels = new Uint8Array(1000).map((_, i) => 100 + (i % 50));
  pixels[3] = 0;
  pixels[500] = 255;
  const counts = views.histogram(pixels);
  assert.equal(counts.reduce((a, b) => a + b), 1000);
  const { low, high } = views.percentileLimits(counts, views.toneCurve(LINEAR, false), 1);
  close(low, 100 / 255);
  close(high, 149 / 255);
  const flat = views.histogram(new Uint8Array(10).fill(128));
  assert.deepEqual(views.percentileLimits(flat, views.toneCurve(LINEAR, false), 1), { low: 0, high: 1 });
});

test("missing pixels are transparent and count for nothing", () => {
  const tones = views.toneCurve({ ...LINEAR, missing: true }, false);
  const table = views.displayTable({ colorMap: "viridis", tones, low: 0, high: 1, gamma: 1 });
  assert.equal(table[0] >>> 24, 0);
  assert.equal(table[1] >>> 24, 255);
  const counts = views.histogram(new Uint8Array(100).fill(7, 0, 40)); // 60 pixels without a value
  counts[9] = 40;
  const { low } = views.percentileLimits(counts, tones, 1);
  close(low, 6 / 254);
});

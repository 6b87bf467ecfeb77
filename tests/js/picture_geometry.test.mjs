// Run by tests/test_views.py: VIEWS_MODULE is the joined module, exactly as the browser gets it.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const ROWS = 192;
const COLS = 256;
const WHOLE = views.wholeView(ROWS, COLS);
const close = (a, b, slack = 1e-9) => assert.ok(Math.abs(a - b) <= slack, `${a} is not ${b}`);

test("screen and picture coordinates are inverse", () => {
  const view = { row: 10.5, col: 20.25, height: 48, width: 64 };
  const frame = { width: 400, height: 300 };
  for (const [x, y] of [[0, 0], [400, 300], [123.4, 56.7]]) {
    const { row, col } = views.toPicture(x, y, view, frame);
    const back = views.toScreen(row, col, view, frame);
    close(back.x, x);
    close(back.y, y);
  }
  assert.deepEqual(views.toPicture(400, 300, view, frame), { row: 58.5, col: 84.25 });
});

test("zooming keeps the point under the pointer, panning stops at the edge", () => {
  const frame = { width: 400, height: 300 };
  const before = views.toScreen(100, 50, WHOLE, frame);
  const zoomed = views.zoomView(WHOLE, 2, 100, 50, ROWS, COLS);
  assert.equal(zoomed.height, ROWS / 2);
  assert.equal(zoomed.width, COLS / 2);
  const after = views.toScreen(100, 50, zoomed, frame);
  close(after.x, before.x);
  close(after.y, before.y);
  const corner = views.panView(zoomed, 1e6, -1e6, ROWS, COLS);
  assert.deepEqual([corner.row, corner.col], [ROWS - zoomed.height, 0]);
});

test("zooming in and out again ends at the whole picture, and stops before single pixels", () => {
  let view = WHOLE;
  for (let i = 0; i < 60; i++) view = views.zoomView(view, 1.5, 150, 200, ROWS, COLS);
  close(view.height, 8);
  close(view.width / view.height, COLS / ROWS);
  for (let i = 0; i < 60; i++) view = views.zoomView(view, 1 / 1.5, 3, 250, ROWS, COLS);
  assert.ok(views.isWhole(view, ROWS, COLS));
  close(view.row, 0);
  close(view.col, 0);
});

test("a view of other proportions is widened around its middle", () => {
  const view = views.fitView({ row: 50, col: 100, height: 48, width: 10 }, ROWS, COLS);
  assert.equal(view.height, 48);
  assert.equal(view.width, 64);
  close(view.col + view.width / 2, 105);
  assert.deepEqual(views.fitView(null, ROWS, COLS), WHOLE);
  assert.deepEqual(views.fitView({ row: -5, col: 9, height: 1e9, width: 3 }, ROWS, COLS), WHOLE);
});

test("the frame has the true proportions and stays within its limits", () => {
  assert.deepEqual(views.frameSize(ROWS, COLS, { row: 1, col: 1 }, 400, 1000), { width: 400, height: 300 });
  assert.deepEqual(views.frameSize(COLS, ROWS, { row: 1, col: 1 }, 400, 1000), { width: 300, height: 400 });
  assert.deepEqual(views.frameSize(ROWS, COLS, { row: 1, col: 1 }, 400, 200), { width: 200, height: 150 });
  // the spectrum of a picture that is not square covers a square of frequencies
  const spectrum = views.frameSize(ROWS, COLS, { row: 1 / ROWS, col: 1 / COLS }, 400, 1000);
  close(spectrum.width, spectrum.height);
});

test("a scale bar is 1, 2 or 5 times a power of ten, as long as fits", () => {
  for (const unitsPerPixel of [3e-5, 0.0049, 0.01, 0.0251, 0.07, 1, 7.7, 2345]) {
    const bar = views.scaleBar(unitsPerPixel, "nm", 120);
    const mantissa = Number(bar.value.toExponential().split("e")[0]);
    assert.ok([1, 2, 5].includes(mantissa), String(bar.value));
    close(bar.length * unitsPerPixel, bar.value, 1e-9 * bar.value);
    assert.ok(bar.length <= 120 * (1 + 1e-6) && bar.length > 120 / 2.5 - 1e-6, `${bar.length} px`);
  }
  assert.equal(views.scaleBar(0.01, "1/nm", 120).label, "1 nm⁻¹");
  assert.equal(views.scaleBar(0.01, "nm", 100).value, 1); // exactly fitting: no rounding error takes it away
  assert.equal(views.scaleBar(0, "nm", 100), null);
});

test("a spot of a centered spectrum is read as frequency, spacing and direction", () => {
  // a lattice of 8 px by 0.02 nm/px along the columns: 256 / 8 = 32 pixels to the right of the center
  const pixel = { row: 1 / (ROWS * 0.02), col: 1 / (COLS * 0.02), unit: "1/nm" };
  const right = views.frequency(96, 128 + 32, ROWS, COLS, pixel);
  close(right.spacing, 8 * 0.02);
  close(right.angle, 0);
  const up = views.frequency(96 - 24, 128, ROWS, COLS, pixel); // 192 / 8 = 24 rows, upwards on the screen
  close(up.spacing, 8 * 0.02);
  close(up.angle, 90);
  assert.equal(views.frequency(96, 128, ROWS, COLS, pixel).g, 0);
  const odd = views.frequency(2, 3, 5, 7, pixel); // odd sizes: the center is rows // 2, cols // 2 too
  assert.equal(odd.g, 0);
});

test("a picture that was thinned for the screen is told in its own pixels", () => {
  assert.equal(views.inFull(800, 800, 3203), 3203);
  assert.equal(views.inFull(199, 800, 3203), 796);
  assert.equal(views.inFull(800, 801, 3203), 3200);
  assert.equal(views.inFull(7, 800, 800), 7);
  assert.equal(views.inFull(7, 800, undefined), 7);
  const pixel = views.physicalPixel([0.08, 0.08], "nm");
  const state = { rows: 800, cols: 600, origin: "corner", pixel, full: [3203, 1800] };
  assert.equal(views.placeText(3, 4, state), "row 12, col 12 · 0.24, 0.32 nm");
});

test("words say place and unit", () => {
  const state = { rows: ROWS, cols: COLS, origin: "corner" };
  const unknown = views.physicalPixel([0, 0], "nm");
  assert.equal(views.placeText(3, 4, { ...state, pixel: unknown }), "row 3, col 4");
  const known = views.physicalPixel([0.02, 0.02], "nm");
  assert.equal(views.placeText(3, 4, { ...state, pixel: known }), "row 3, col 4 · 0.06, 0.08 nm");
  const spectrum = views.physicalPixel([0.25, 0.25], "1/nm");
  const text = views.placeText(96, 144, { ...state, origin: "center", pixel: spectrum });
  assert.equal(text, "row 96, col 144 · |g| = 4 nm⁻¹ · d = 0.25 nm · 0°");
  assert.equal(views.quantity(0.213456, views.inverseUnit("1/px")), "0.2135 px");
  assert.equal(views.number(-1.5e-7), "−1.50e−7");
});

test("two fingers moving apart zoom in, the wheel is the same both ways", () => {
  const at = (x, y) => ({ clientX: x, clientY: y });
  assert.deepEqual(views.pinchOf([at(0, 0), at(30, 40)]), { clientX: 15, clientY: 20, spread: 50 });
  close(views.wheelFactor({ deltaY: 40, deltaMode: 0 }) * views.wheelFactor({ deltaY: -40, deltaMode: 0 }), 1);
  assert.ok(views.wheelFactor({ deltaY: -40, deltaMode: 0 }) > 1);
});

test("the point under the mouse is the nearest one within reach", () => {
  const points = new Float32Array([10, 10, 12, 10, 40, 60]);
  assert.equal(views.nearestPoint(points, 11.4, 10, 3), 1);
  assert.equal(views.nearestPoint(points, 40, 62, 3), 2);
  assert.equal(views.nearestPoint(points, 25, 25, 3), -1);
});

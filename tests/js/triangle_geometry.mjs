// Run by tests/test_triangle_map.py, hence no .test in its name: VIEWS_MODULE is the joined module, PLACES what Python says.
import assert from "node:assert/strict";
import { test } from "node:test";

const views = await import(process.env.VIEWS_MODULE);
const { points, strains, types, tolerance, cells, steps, grid, mixtures } = JSON.parse(process.env.PLACES);
const near = (one, other, room = 1e-9) => assert.ok(Math.abs(one - other) <= room * Math.max(1, Math.abs(other)), `${one} is not ${other}`);

test("strains, types and cells are those of Python", () => {
  points.forEach(([x, y], n) => {
    views.strainsAt(x, y).forEach((strain, k) => near(strain, strains[n][k], 1e-6));
    assert.equal(views.typeAt(x, y, tolerance), types[n]);
    const [a, b] = views.cellAt(x, y);
    near(Math.hypot(...a), cells[n][0]);
    near(Math.hypot(...b), cells[n][1]);
    near(a[0] * b[1] - a[1] * b[0], 1);
    assert.ok(a[0] * b[0] <= 1e-12 && b[1] > 0); // at 90 degrees or more, and upwards
  });
});

test("values between the corners of a grid are those of a plane, and none where a corner has none", () => {
  points.forEach(([x, y], n) => {
    const found = views.valuesAt(grid, steps, 2, x, y);
    found.forEach((value, k) => near(value, mixtures[n][k], 1e-9));
  });
  const holed = [...grid];
  holed[2] = NaN; // the corner beside (0, 0)
  assert.equal(views.valuesAt(holed, steps, 2, 0.1 / steps, 0.1 / steps), null);
  assert.ok(views.valuesAt(holed, steps, 2, 0.1 / steps, 1.2 / steps));
});

test("a hand that leaves the triangle leaves the dot on its edge", () => {
  for (const [x, y] of [[-1, 0.5], [0.5, -3], [2, 2], [0.9, 0.9], [-5, -5], [0, 7], [9, 0], [0.4, 0.2]]) {
    const [cx, cy] = views.clamped(x, y);
    assert.ok(cx >= 0 && cy >= 0 && cx + cy <= 1 + 1e-12 && cx <= views.THINNEST);
  }
  assert.deepEqual(views.clamped(0.4, 0.2), [0.4, 0.2]);
  assert.deepEqual(views.clamped(0.7, 0.7), [0.5, 0.5]);
  assert.deepEqual(views.clamped(-1, 0.5), [0, 0.5]);
});

test("near an edge or a corner the dot lies on it", () => {
  const scale = { x: 400, y: 320 };
  assert.deepEqual(views.snapped(0.01, 0.01, scale, 6), [0, 0]);
  assert.deepEqual(views.snapped(0.005, 0.995, scale, 6), [0, 1]);
  assert.deepEqual(views.snapped(0.4, 0.01, scale, 6), [0.4, 0]);
  assert.deepEqual(views.snapped(0.01, 0.4, scale, 6), [0, 0.4]);
  const [x, y] = views.snapped(0.495, 0.495, scale, 6);
  near(x + y, 1);
  assert.deepEqual(views.snapped(0.3, 0.3, scale, 6), [0.3, 0.3]);
});

test("places go to the screen and back, y up", () => {
  const layout = views.layoutOf(500);
  const [left, top] = layout.screen(0.3, 0.2);
  const [x, y] = layout.place(left, top);
  near(x, 0.3);
  near(y, 0.2);
  assert.ok(layout.screen(0, 1)[1] < layout.screen(0, 0)[1]);
});

test("a label covers no other, and stays on the canvas", () => {
  const taken = [[92, 92, 108, 108]];
  const boxes = [1, 2, 3, 4].map(() => {
    views.labelPlace([100, 100], [50, 14], taken, [300, 200]);
    return taken.at(-1);
  });
  boxes.forEach((one, n) => boxes.slice(n + 1).forEach((other) => {
    assert.ok(one[2] < other[0] || one[0] > other[2] || one[3] < other[1] || one[1] > other[3]);
  }));
  const [left] = views.labelPlace([290, 100], [50, 14], [], [300, 200]);
  assert.ok(left + 50 <= 300);
});

test("colors mix to themselves and between", () => {
  assert.deepEqual(views.mixed([1, 0], ["#ff8000", "#0000ff"]), [255, 128, 0]);
  const [red, , blue] = views.mixed([0.5, 0.5], ["#ff0000", "#0000ff"]);
  assert.equal(red, blue);
  assert.ok(red > 127 && red < 255);
});

test("all lattice points in a circle are found, long thin cells too", () => {
  for (const cell of [[[1, 0], [0, 1]], [[0.3, 0], [-0.1, 1 / 0.3]], [[1.07, 0], [-0.54, 0.93]]]) {
    const found = views.pointsWithin(cell, 6);
    // one point for each unit of area
    assert.ok(Math.abs(found.length - Math.PI * 36) < 14, `${found.length}`);
    assert.equal(new Set(found.map(([x, y]) => `${x.toFixed(6)} ${y.toFixed(6)}`)).size, found.length);
  }
});

test("polygons turn the same way", () => {
  const square = [[0, 0], [1, 0], [1, 1], [0, 1]];
  assert.deepEqual(views.turnedLeft(square), square);
  assert.deepEqual(views.turnedLeft([...square].reverse()), square);
});

test("the nearest thing within reach", () => {
  assert.equal(views.nearestOf([[0, 0], [10, 0]], 7, 1, 5), 1);
  assert.equal(views.nearestOf([[0, 0], [10, 0]], 5, 20, 5), -1);
});

test("the lattice at the dot is drawn where there is room, and nowhere else", () => {
  const drawn = (width) => {
    const radii = [];
    const context = new Proxy({}, {
      get: (_, name) => (name === "arc" ? (x, y, radius) => radii.push(radius) : () => {}),
      set: () => true,
    });
    views.paintLattice(context, views.layoutOf(width), [0.2, 0.4], { ink: "#000", raised: "#fff" });
    return radii;
  };
  assert.ok(drawn(600).length > 10);
  for (let width = 1; width <= 700; width++) {
    assert.ok(drawn(width).every((radius) => radius >= 0), `${width} px`);
  }
});

// The mathematics of the map of lattices (core/lattices/triangle.py says where it comes from). No elements, so that node tests it.

/** No lattice lies at the corner (1, 0); a hand gets this far. */
export const THINNEST = 0.97;

/** Shape parameter tau = u + iv at a place. */
export function shapeAt(x, y) {
  const rest = 1 - y / 3;
  const [p, q, r] = [(y / 3) ** 2, ((rest - x) / 2) ** 2, ((rest + x) / 2) ** 2];
  return { u: p / (p + q), v: Math.sqrt(p * q + p * r + q * r) / (p + q) };
}

/** Strain [%] to oblique (0), rectangular, centered rectangular, square, hexagonal. */
export function strainsAt(x, y) {
  const { u, v } = shapeAt(x, y);
  const size = u * u + v * v;
  const height = Math.sqrt(3) / 2;
  const distances = [
    0,
    Math.asinh(u / v),
    Math.min(Math.asinh(Math.max(size - 1, 0) / (2 * v)), Math.asinh(Math.max(0.5 - u, 0) / v)),
    Math.acosh(1 + (u * u + (v - 1) ** 2) / (2 * v)),
    Math.acosh(1 + ((u - 0.5) ** 2 + (v - height) ** 2) / (2 * v * height)),
  ];
  return distances.map((distance) => 100 * Math.expm1(distance));
}

/** Number of the type at a place, within a tolerance for lengths [%] and angles [degrees]. */
export function typeAt(x, y, tolerance) {
  const { u, v } = shapeAt(x, y);
  const [b, third] = [Math.hypot(u, v), Math.hypot(1 - u, v)];
  const gamma = 180 - (Math.atan2(v, u) * 180) / Math.PI;
  const equal = 1 + tolerance / 100;
  const right = Math.abs(gamma - 90) <= tolerance;
  if (third <= equal && Math.abs(gamma - 120) <= tolerance) return 4;
  if (right && b <= equal) return 3;
  const centered = b <= equal || third <= equal * b;
  if (right && centered) {
    const strains = strainsAt(x, y);
    return strains[1] <= strains[2] ? 1 : 2;
  }
  return right ? 1 : centered ? 2 : 0;
}

/** The vectors [x, y] of the reduced cell at a place, of area 1, the first to the right. */
export function cellAt(x, y) {
  const { u, v } = shapeAt(x, y);
  const a = 1 / Math.sqrt(v);
  return [[a, 0], [-u * a, v * a]];
}

/** The nearest place on the map. */
export function clamped(x, y) {
  if (x + y > 1) {
    const along = Math.min(Math.max((x - y + 1) / 2, 0), 1);
    [x, y] = [along, 1 - along];
  }
  [x, y] = [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
  return x > THINNEST ? [THINNEST, Math.min(y, 1 - THINNEST)] : [x, y];
}

/** The place, on an edge or corner of the map where it is nearer to that than so many px; scale: px of a unit along x and y. */
export function snapped(x, y, scale, reach) {
  const far = (cx, cy) => Math.hypot((x - cx) * scale.x, (y - cy) * scale.y);
  if (far(0, 0) <= reach) return [0, 0];
  if (far(0, 1) <= reach) return [0, 1];
  if (y * scale.y <= reach) return [x, 0];
  if (x * scale.x <= reach) return [0, y];
  const foot = onSlope(x, y, scale);
  return far(...foot) <= reach ? clamped(...foot) : [x, y];
}

// The foot on the edge x + y = 1, at a right angle on the screen.
function onSlope(x, y, scale) {
  const [sx, sy] = [scale.x ** 2, scale.y ** 2];
  const along = (x * sx + (1 - y) * sy) / (sx + sy);
  return [along, 1 - along];
}

/** Where the map lies in a stage of a width [px]: the screen's place of a point, and back. */
export function layoutOf(width) {
  const margin = { left: 40, right: 18, top: 34, bottom: 46 };
  const scale = { x: width - margin.left - margin.right, y: 0.82 * (width - margin.left - margin.right) };
  const height = scale.y + margin.top + margin.bottom;
  return {
    width, height, scale,
    screen: (x, y) => [margin.left + x * scale.x, margin.top + (1 - y) * scale.y],
    place: (left, top) => [(left - margin.left) / scale.x, 1 - (top - margin.top) / scale.y],
  };
}

const vertex = (steps, i, j) => j * (steps + 1) - (j * (j - 1)) / 2 + i;

/**
 * Values at a place, between those at the corners of an even grid (triangle_grid of Python), `count` numbers a corner.
 * @returns an array of `count` numbers, or null where a corner has none (NaN)
 */
export function valuesAt(grid, steps, count, x, y, out = new Float64Array(count)) {
  const [gx, gy] = [Math.max(x, 0) * steps, Math.max(y, 0) * steps];
  const j = Math.min(Math.floor(gy), steps - 1);
  const i = Math.max(Math.min(Math.floor(gx), steps - 1 - j), 0);
  let [fx, fy] = [gx - i, gy - j];
  const beyond = fx + fy > 1 && i + j + 2 <= steps; // the other half of the little square
  const at = count * (beyond ? vertex(steps, i + 1, j + 1) : vertex(steps, i, j));
  let right = count * vertex(steps, i + 1, j);
  let up = count * vertex(steps, i, j + 1);
  if (beyond) {
    [right, up] = [up, right];
    [fx, fy] = [1 - fx, 1 - fy];
  }
  for (let k = 0; k < count; k++) out[k] = grid[at + k] * (1 - fx - fy) + grid[right + k] * fx + grid[up + k] * fy;
  return Number.isNaN(out[0]) ? null : out;
}

/** Number of the largest value. */
export function largest(values) {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}

/** The colors "#rrggbb" mixed by weights that sum to 1, as it looks to the eye (in the squares of the numbers). */
export function mixed(weights, colors) {
  const sum = [0, 0, 0];
  colors.forEach((color, k) => {
    for (let c = 0; c < 3; c++) sum[c] += weights[k] * parseInt(color.slice(1 + 2 * c, 3 + 2 * c), 16) ** 2;
  });
  return sum.map((square) => Math.round(Math.sqrt(Math.max(square, 0))));
}

/** The points of the lattice with these two vectors inside a circle around the origin. */
export function pointsWithin([a, b], radius) {
  const area = Math.abs(a[0] * b[1] - a[1] * b[0]);
  const reach = (v) => Math.min(Math.ceil((radius * Math.hypot(...v)) / area) + 1, 60);
  const found = [];
  for (let h = -reach(b); h <= reach(b); h++) {
    for (let k = -reach(a); k <= reach(a); k++) {
      const point = [h * a[0] + k * b[0], h * a[1] + k * b[1]];
      if (Math.hypot(...point) <= radius) found.push(point);
    }
  }
  return found;
}

/** A polygon of places, always turning the same way: those that overlap then fill to one area. */
export function turnedLeft(polygon) {
  let area = 0;
  polygon.forEach(([x, y], n) => {
    const [nextX, nextY] = polygon[(n + 1) % polygon.length];
    area += x * nextY - nextX * y;
  });
  return area < 0 ? [...polygon].reverse() : polygon;
}

/**
 * Where a label of a size goes beside a place so that it covers nothing: the nearest position that is free.
 * @param taken boxes [left, top, right, bottom]; the label's own is added
 * @returns [left, middle] of the label
 */
export function labelPlace([left, top], [width, height], taken, bounds) {
  const away = 13;
  const sides = [];
  for (const dx of [13, 40, 75, 115, 160]) {
    for (const dy of [-1, 1, 0, 2, -2, 3, -3, 4, 5, 6]) {
      sides.push({ place: [left + dx, top + dy * away], far: Math.hypot(dx, dy * away) + (dy ? 0 : 7) });
      sides.push({ place: [left - dx - width, top + dy * away], far: Math.hypot(dx, dy * away) + (dy ? 1 : 8) });
    }
  }
  sides.sort((one, other) => one.far - other.far);
  const boxOf = ([x, y]) => [x, y - height / 2, x + width, y + height / 2];
  const free = (box) => box[0] >= 0 && box[2] <= bounds[0] && box[1] >= 0 && box[3] <= bounds[1] &&
    taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
  const chosen = (sides.find(({ place }) => free(boxOf(place))) ?? sides[0]).place;
  taken.push(boxOf(chosen));
  return chosen;
}

/** The thing nearest to a place on the screen within reach [px]: its number, or -1. */
export function nearestOf(points, left, top, reach) {
  let [best, least] = [-1, reach];
  points.forEach(([x, y], n) => {
    const away = Math.hypot(x - left, y - top);
    if (away <= least) [best, least] = [n, away];
  });
  return best;
}

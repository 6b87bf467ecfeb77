// The mathematics of the point cloud: extents, nearest points, what a lasso holds. No elements, so that node can test it.

// The smallest box around points (flat pairs x, y) with room around it.
export function extentOf(points, room = 0.06) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    low = Math.min(low, points[i + 1]);
    high = Math.max(high, points[i + 1]);
  }
  if (left > right) return { x: 0, y: 0, size: 1 };
  const size = Math.max(right - left, high - low, 1e-12) * (1 + 2 * room);
  return { x: (left + right) / 2, y: (low + high) / 2, size };
}

// Screen coordinates [CSS px] of all points: a square view {x, y, size} in a frame {width, height}.
export function project(points, view, frame, out = new Float32Array(points.length)) {
  const scale = Math.min(frame.width, frame.height) / view.size;
  for (let i = 0; i + 1 < points.length; i += 2) {
    out[i] = frame.width / 2 + (points[i] - view.x) * scale;
    out[i + 1] = frame.height / 2 - (points[i + 1] - view.y) * scale;
  }
  return out;
}

// The view after a zoom by a factor around a place on the screen, which stays where it is.
export function zoomedAt(view, factor, place, frame) {
  const scale = Math.min(frame.width, frame.height) / view.size;
  const x = view.x + (place.x - frame.width / 2) / scale;
  const y = view.y - (place.y - frame.height / 2) / scale;
  return { x: x + (view.x - x) / factor, y: y + (view.y - y) / factor, size: view.size / factor };
}

// Points on the screen in cells of so many px: who is near a place is then found without looking at all of them.
export function buildGrid(screen, hidden, cell = 24) {
  const grid = new Map();
  for (let n = 0; 2 * n < screen.length; n++) {
    if (hidden(n)) continue;
    const key = cellKey(Math.floor(screen[2 * n] / cell), Math.floor(screen[2 * n + 1] / cell));
    if (!grid.has(key)) grid.set(key, []);
    grid.get(key).push(n);
  }
  return { grid, cell };
}

const cellKey = (column, row) => (column + 32768) * 65536 + (row + 32768);

// The number of the point nearest to a place, at most so far away [px]; -1 if there is none.
export function nearestPoint({ grid, cell }, screen, place, reach = 14) {
  let [best, least] = [-1, reach * reach];
  const [column, row] = [Math.floor(place.x / cell), Math.floor(place.y / cell)];
  const around = Math.ceil(reach / cell);
  for (let c = column - around; c <= column + around; c++) {
    for (let r = row - around; r <= row + around; r++) {
      for (const n of grid.get(cellKey(c, r)) ?? []) {
        const square = (screen[2 * n] - place.x) ** 2 + (screen[2 * n + 1] - place.y) ** 2;
        if (square <= least) [best, least] = [n, square];
      }
    }
  }
  return best;
}

// The nearest point in a direction (dx, dy) from another one, for the arrow keys; itself if there is none.
export function stepFrom(screen, hidden, from, dx, dy) {
  let [best, least] = [from, Infinity];
  for (let n = 0; 2 * n < screen.length; n++) {
    if (n === from || hidden(n)) continue;
    const [x, y] = [screen[2 * n] - screen[2 * from], screen[2 * n + 1] - screen[2 * from + 1]];
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    if (along > 0 && across <= along && along + 2 * across < least) [best, least] = [n, along + 2 * across];
  }
  return best;
}

// The numbers of the points inside a closed line (pairs {x, y}), by counting its edges to the right of each.
export function insideLasso(screen, hidden, line) {
  const found = [];
  if (line.length < 3) return found;
  const [left, right] = [Math.min(...line.map((p) => p.x)), Math.max(...line.map((p) => p.x))];
  const [top, bottom] = [Math.min(...line.map((p) => p.y)), Math.max(...line.map((p) => p.y))];
  for (let n = 0; 2 * n < screen.length; n++) {
    const [x, y] = [screen[2 * n], screen[2 * n + 1]];
    if (x < left || x > right || y < top || y > bottom || hidden(n)) continue;
    let inside = false;
    for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
      const [a, b] = [line[i], line[j]];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    }
    if (inside) found.push(n);
  }
  return found;
}

// Where things are: pure functions, no DOM.
//
// Edge coordinates: the pixel (row, col) of the picture covers row..row+1 and col..col+1, so the picture covers
// 0..rows and 0..cols, and a box or a view is {row, col, height, width} like the slice [row:row+height, col:col+width].
// A point of the science, whose integer coordinates are the middle of a pixel, lies at (row + 0.5, col + 0.5).
import { _, trueMinus } from "../shared/words.js";

const CLOSEST = 8; // zoom stops where this many pixels fill the shorter side

/** The view that shows the whole picture. */
export function wholeView(rows, cols) {
  return { row: 0, col: 0, height: rows, width: cols };
}

/** The nearest view that has the picture's proportions, is neither too close nor too wide, and stays inside. */
export function fitView(view, rows, cols) {
  if (!view || !(view.height > 0) || !(view.width > 0)) return wholeView(rows, cols);
  const closest = Math.min(1, CLOSEST / Math.min(rows, cols));
  const part = Math.min(1, Math.max(view.height / rows, view.width / cols, closest));
  const height = rows * part;
  const width = cols * part;
  const inside = (start, size, all) => Math.min(Math.max(start, 0), all - size);
  return {
    row: inside(view.row + (view.height - height) / 2, height, rows),
    col: inside(view.col + (view.width - width) / 2, width, cols),
    height,
    width,
  };
}

/** Zoom by a factor (> 1: closer); the point (row, col) stays where it is on the screen. */
export function zoomView(view, factor, row, col, rows, cols) {
  const closest = Math.min(1, CLOSEST / Math.min(rows, cols));
  const part = Math.min(1, Math.max(view.height / rows / factor, closest));
  const ratio = (rows * part) / view.height;
  const moved = {
    row: row - (row - view.row) * ratio,
    col: col - (col - view.col) * ratio,
    height: rows * part,
    width: cols * part,
  };
  return fitView(moved, rows, cols);
}

/** Move the view by some pixels of the picture; it stops at the picture's edge. */
export function panView(view, dRow, dCol, rows, cols) {
  return fitView({ ...view, row: view.row + dRow, col: view.col + dCol }, rows, cols);
}

/** Is the whole picture shown? */
export function isWhole(view, rows, cols) {
  return view.height > rows - 1e-6 && view.width > cols - 1e-6;
}

/** Edge coordinates -> place on the screen [CSS px] in a frame of the given size. */
export function toScreen(row, col, view, frame) {
  return { x: ((col - view.col) / view.width) * frame.width, y: ((row - view.row) / view.height) * frame.height };
}

/** Place on the screen [CSS px] -> edge coordinates. */
export function toPicture(x, y, view, frame) {
  return { row: view.row + (y / frame.height) * view.height, col: view.col + (x / frame.width) * view.width };
}

/** Pixel sizes {row, col} in the unit; where none is known, one pixel is one "px". */
export function physicalPixel(pixelSize, unit) {
  const [row, col] = pixelSize || [];
  return row > 0 && col > 0 ? { row, col, unit } : { row: 1, col: 1, unit: "px" };
}

/** Size of the frame [CSS px]: the picture's true proportions, the longer side at most `limit`, never over `room`. */
export function frameSize(rows, cols, pixel, limit, room) {
  const tall = (rows * pixel.row) / (cols * pixel.col);
  const width = Math.max(1, Math.min(room, limit, limit / tall));
  return { width, height: width * tall };
}

/** The scale bar: the longest of 1, 2, 5 x 10^n units that is no longer than `longest` [CSS px]. */
export function scaleBar(unitsPerPixel, unit, longest) {
  const limit = unitsPerPixel * longest;
  if (!(limit > 0) || !Number.isFinite(limit)) return null;
  const decade = 10 ** Math.floor(Math.log10(limit) + 1e-9);
  const value = decade * [5, 2, 1].find((step) => step * decade <= limit * (1 + 1e-9));
  return { length: value / unitsPerPixel, value, label: quantity(value, unit) };
}

/** A number with four significant digits, without needless zeros. */
export function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return trueMinus(value.toExponential(2).replace("e+", "e"));
  return trueMinus(Number(value.toPrecision(4)));
}

/** "1/nm" -> "nm⁻¹", as the field prints it; others stay. */
export function unitText(unit) {
  return unit.startsWith("1/") ? `${unit.slice(2)}⁻¹` : unit;
}

/** A number and its unit; lengths below 1 nm stay in nm, as the field writes spacings. */
export function quantity(value, unit) {
  return unit ? `${number(value)} ${unitText(unit)}` : number(value);
}

/** The spatial frequency of a pixel of a centered spectrum: |g|, the spacing 1/|g| and the direction [degrees]. */
export function frequency(row, col, rows, cols, pixel) {
  // the zero frequency of an fftshift-ed spectrum is the pixel (rows // 2, cols // 2)
  const up = -(row - Math.floor(rows / 2)) * pixel.row;
  const right = (col - Math.floor(cols / 2)) * pixel.col;
  const g = Math.hypot(up, right);
  return { g, spacing: g > 0 ? 1 / g : Infinity, angle: (Math.atan2(up, right) * 180) / Math.PI };
}

/** "1/nm" -> "nm", "nm" -> "1/nm". */
export function inverseUnit(unit) {
  return unit.startsWith("1/") ? unit.slice(2) : `1/${unit}`;
}

/** A place or length in a picture of `shown` pixels, in those of the whole one, `full`, if that was thinned for the screen. */
export function inFull(pixels, shown, full) {
  if (!full || full === shown) return pixels;
  return pixels === shown ? full : Math.min(full, pixels * Math.round(full / shown));
}

/** Where is this pixel, in words: picture coordinates, then physical ones. */
export function placeText(row, col, { rows, cols, pixel, origin, full = [] }) {
  const place = _("row {row}, col {col}", { row: inFull(row, rows, full[0]), col: inFull(col, cols, full[1]) });
  if (origin === "center") {
    const { g, spacing, angle } = frequency(row, col, rows, cols, pixel);
    if (g === 0) return `${place} · g = 0`;
    const d = quantity(spacing, inverseUnit(pixel.unit));
    return `${place} · |g| = ${quantity(g, pixel.unit)} · d = ${d} · ${number(Math.round(angle * 10) / 10)}°`;
  }
  if (pixel.unit === "px") return place;
  return `${place} · ${number(row * pixel.row)}, ${quantity(col * pixel.col, pixel.unit)}`;
}

/** Number of the point (row, col pairs) nearest to a pixel, or -1 if none is within `reach` pixels. */
export function nearestPoint(points, row, col, reach) {
  let [best, least] = [-1, reach];
  for (let i = 0; 2 * i + 1 < points.length; i++) {
    const far = Math.hypot(points[2 * i] - row, points[2 * i + 1] - col);
    if (far <= least) [best, least] = [i, far];
  }
  return best;
}

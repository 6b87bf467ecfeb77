// Drawing on a canvas context: the picture itself, and above it the scale bar, points, boxes and the crosshair.
import { inverseUnit, quantity, scaleBar, toScreen } from "./picture_geometry.js";

export const INK = "#ffffff";
const FAINT = "rgba(255, 255, 255, 0.75)";
const HALO = "rgba(0, 0, 0, 0.65)"; // under every overlay line, so that it shows on dark and on bright pixels

/** Look up the color of every pixel. `image` is an ImageData of the picture's size; its memory is reused. */
export function colorPixels(image, pixels, table) {
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = table[pixels[i]];
}

/** Draw the part `view` of the source canvas into the whole frame. */
export function drawPicture(context, source, view, frame, smooth) {
  context.clearRect(0, 0, frame.width, frame.height);
  // below one screen pixel per pixel, leaving pixels out would make false lattices (moire): always smooth then
  const shrinks = frame.width * frame.density < view.width;
  context.imageSmoothingEnabled = smooth || shrinks;
  context.imageSmoothingQuality = "medium";
  context.drawImage(source, view.col, view.row, view.width, view.height, 0, 0, frame.width, frame.height);
}

/** Draw a line with a dark rim, so that it shows on dark and on bright pixels. */
export function strokeTwice(context, color, lineWidth, trace) {
  for (const [style, width] of [[HALO, lineWidth + 2], [color, lineWidth]]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    trace();
    context.stroke();
  }
}

/** Write a text with a dark rim. */
export function writeTwice(context, text, x, y, color) {
  context.lineJoin = "round";
  context.strokeStyle = HALO;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

const MARKER_PATHS = {
  circle: (c, x, y, r) => (c.moveTo(x + r, y), c.arc(x, y, r, 0, 2 * Math.PI)),
  square: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
  diamond: (c, x, y, r) => (c.moveTo(x, y - r), c.lineTo(x + r, y), c.lineTo(x, y + r), c.lineTo(x - r, y), c.closePath()),
  plus: (c, x, y, r) => (c.moveTo(x - r, y), c.lineTo(x + r, y), c.moveTo(x, y - r), c.lineTo(x, y + r)),
  cross: (c, x, y, r) => (c.moveTo(x - r, y - r), c.lineTo(x + r, y + r), c.moveTo(x - r, y + r), c.lineTo(x + r, y - r)),
};

/** Points: Float32Array row, col, row, col, ... in picture pixels (integers are the middle of a pixel). */
export function drawPoints(context, points, labels, view, frame, { color, marker, size, faint = [], colors = [] }) {
  const seen = [];
  for (let i = 0; 2 * i + 1 < points.length; i++) {
    const { x, y } = toScreen(points[2 * i] + 0.5, points[2 * i + 1] + 0.5, view, frame);
    if (x > -size && y > -size && x < frame.width + size && y < frame.height + size) {
      seen.push({ x, y, label: labels[i], faint: faint[i], color: colors[i] ?? color });
    }
  }
  const path = MARKER_PATHS[marker];
  for (const one of new Set(seen.map((each) => each.color))) {
    const own = seen.filter((each) => each.color === one && !each.faint);
    strokeTwice(context, one, 1.5, () => own.forEach((each) => path(context, each.x, each.y, size)));
  }
  // beside its spot, which it must not cover
  context.fillStyle = FAINT;
  for (const each of seen) {
    if (!each.faint) continue;
    context.beginPath();
    context.arc(each.x + size * 0.7, each.y - size * 0.7, 1.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { x, y, label } of seen) if (label) writeTwice(context, label, x + size + 3, y, INK);
}

/** Boxes: dicts row, col, height, width, label, color, dashed, in picture pixels. */
export function drawBoxes(context, boxes, view, frame) {
  context.textAlign = "left";
  context.textBaseline = "bottom";
  for (const box of boxes) {
    const start = toScreen(box.row, box.col, view, frame);
    const end = toScreen(box.row + box.height, box.col + box.width, view, frame);
    context.setLineDash(box.dashed ? [6, 4] : []);
    strokeTwice(context, box.color, 2, () => context.rect(start.x, start.y, end.x - start.x, end.y - start.y));
    context.setLineDash([]);
    if (box.label) writeTwice(context, box.label, start.x + 2, start.y > 18 ? start.y - 4 : start.y + 18, INK);
  }
}

/** Rings of one spacing around the zero frequency of a centered spectrum; `rings` are their frequencies, in its unit. */
export function drawRings(context, rings, { rows, cols, pixel, view }, frame) {
  if (!rings.length) return;
  const middle = toScreen(Math.floor(rows / 2) + 0.5, Math.floor(cols / 2) + 0.5, view, frame);
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const ring of rings) {
    const wide = (ring / pixel.col / view.width) * frame.width;
    const tall = (ring / pixel.row / view.height) * frame.height;
    context.setLineDash([5, 4]);
    strokeTwice(context, "#E69F00", 1.5, () => context.ellipse(middle.x, middle.y, wide, tall, 0, 0, 2 * Math.PI));
    context.setLineDash([]);
    const label = `d = ${quantity(1 / ring, inverseUnit(pixel.unit))}`;
    writeTwice(context, label, middle.x, Math.max(middle.y - tall - 3, 16), INK);
  }
}

/** The scale bar in the lower left corner. */
export function drawScaleBar(context, pixel, view, frame) {
  const bar = scaleBar((view.width * pixel.col) / frame.width, pixel.unit, Math.min(0.3 * frame.width, 160));
  if (!bar || frame.width < 80) return;
  const text = context.measureText(bar.label).width;
  const width = Math.max(bar.length, text) + 16;
  const [left, top] = [8, frame.height - 40];
  context.fillStyle = "rgba(0, 0, 0, 0.55)";
  context.beginPath();
  context.roundRect(left, top, width, 32, 4);
  context.fill();
  context.fillStyle = INK;
  context.fillRect(left + (width - bar.length) / 2, top + 24, bar.length, 3);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(bar.label, left + width / 2, top + 13);
}

/** A crosshair with a hole in the middle: the pixel under it stays visible. */
export function drawCrosshair(context, { row, col }, view, frame) {
  const { x, y } = toScreen(row + 0.5, col + 0.5, view, frame);
  const gap = Math.max(4, (0.5 * frame.width) / view.width);
  strokeTwice(context, INK, 1, () => {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + dx * gap, y + dy * gap);
      context.lineTo(x + dx * (gap + 10), y + dy * (gap + 10));
    }
  });
}

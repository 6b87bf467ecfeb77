// The signs of edge dislocations over a picture: an arrow along the Burgers vector, and a stem to the extra half-plane.
import { toScreen } from "./picture_geometry.js";

const HALF = 11; // half of the arrow [CSS px]
const STEM = 14;
const HEAD = 5;
const NUMBERED = 40; // more signs than this have no numbers: they would cover the picture

/**
 * The ends of the lines of a sign around {0, 0}, x to the right and y down.
 * @param burgers {row, col}, of any length
 * @returns {tail, tip, stem, left, right}: of the arrow, of the stem, and of both sides of the head of the arrow
 */
export function signLines(burgers) {
  const length = Math.hypot(burgers.row, burgers.col) || 1;
  const along = { x: burgers.col / length, y: burgers.row / length };
  const up = { x: along.y, y: -along.x }; // a quarter turn counter-clockwise on the screen
  const at = (a, b) => ({ x: a * along.x + b * up.x, y: a * along.y + b * up.y });
  return { tail: at(-HALF, 0), tip: at(HALF, 0), stem: at(0, STEM), left: at(HALF - HEAD, HEAD), right: at(HALF - HEAD, -HEAD) };
}

/** Draw the signs, four numbers each: row, col [px of the picture], and the Burgers vector. */
export function drawSigns(context, signs, chosen, view, frame) {
  const count = Math.floor(signs.length / 4);
  context.setLineDash([]);
  context.lineJoin = "round";
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (let i = 0; i < count; i++) {
    const [row, col, down, right] = signs.subarray(4 * i, 4 * i + 4);
    const { x, y } = toScreen(row + 0.5, col + 0.5, view, frame);
    const { tail, tip, stem, left, right: other } = signLines({ row: down, col: right });
    context.beginPath();
    for (const line of [[tail, tip], [{ x: 0, y: 0 }, stem], [left, tip, other]]) {
      line.forEach((end, k) => (k ? context.lineTo(x + end.x, y + end.y) : context.moveTo(x + end.x, y + end.y)));
    }
    const color = i + 1 === chosen ? "#e69f00" : "#ffffff";
    for (const [style, width] of [["rgba(0, 0, 0, 0.75)", 5], [color, 2.5]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.stroke();
    }
    if (count > NUMBERED) continue;
    context.strokeStyle = "rgba(0, 0, 0, 0.75)";
    context.lineWidth = 3;
    context.strokeText(String(i + 1), x + HALF + 3, y - HALF);
    context.fillStyle = color;
    context.fillText(String(i + 1), x + HALF + 3, y - HALF);
  }
}

// A line that measures: its length stands beside it, and laid over a scale bar it calibrates the picture. Either end is dragged
// or moved by keys, and the line by what lies between them.
import { INK, strokeTwice, writeTwice } from "./picture_drawing.js";
import { quantity, toScreen } from "./picture_geometry.js";
import { element } from "./picture_toolbar.js";
import { STEPS } from "./picture_window.js";
import { _ } from "../shared/words.js";

const RULER_COLOR = "#e69f00";
const TURN = Math.PI / 12; // with Shift a line has one of 24 directions: scale bars are level

/** Move one end (0 or 1) of a line [row, col, row, col]; it stays in the picture. `straight`: in steps of 15 degrees. */
export function moveEnd(line, end, row, col, rows, cols, straight = false) {
  const [fixedRow, fixedCol] = end ? line : line.slice(2);
  if (straight) {
    const length = Math.hypot(row - fixedRow, col - fixedCol);
    const angle = Math.round(Math.atan2(row - fixedRow, col - fixedCol) / TURN) * TURN;
    [row, col] = [fixedRow + length * Math.sin(angle), fixedCol + length * Math.cos(angle)].map((each) => Number(each.toFixed(6)));
  }
  const moved = [...line];
  moved[2 * end] = Math.min(Math.max(row, 0), rows);
  moved[2 * end + 1] = Math.min(Math.max(col, 0), cols);
  return moved;
}

/** Move a line by so many pixels; it stops where one of its ends would leave the picture. */
export function moveLine([row0, col0, row1, col1], dRow, dCol, rows, cols) {
  const down = Math.min(Math.max(dRow, -Math.min(row0, row1)), rows - Math.max(row0, row1));
  const right = Math.min(Math.max(dCol, -Math.min(col0, col1)), cols - Math.max(col0, col1));
  return [row0 + down, col0 + right, row1 + down, col1 + right];
}

/** How long a line is, with its unit; `pixel` is {row, col, unit}. */
export function lengthText([row0, col0, row1, col1], pixel) {
  return quantity(Math.hypot((row1 - row0) * pixel.row, (col1 - col0) * pixel.col), pixel.unit);
}

/** Draw a line as it is seen, for a picture that is saved. */
export function drawRuler(context, line, { pixel, view }, frame) {
  const [a, b] = [0, 1].map((end) => toScreen(line[2 * end], line[2 * end + 1], view, frame));
  strokeTwice(context, RULER_COLOR, 3, () => (context.moveTo(a.x, a.y), context.lineTo(b.x, b.y)));
  for (const { x, y } of [a, b]) strokeTwice(context, RULER_COLOR, 3, () => context.arc(x, y, 5, 0, 2 * Math.PI));
  context.textAlign = "center";
  context.textBaseline = "bottom";
  writeTwice(context, lengthText(line, pixel), (a.x + b.x) / 2, (a.y + b.y) / 2 - 6, INK);
}

/**
 * Make the line and listen to it.
 * @param model the widget's model: its trait `ruler` is (row, col, row, col), or () for none
 * @param state {rows, cols, view}: what the picture shows now
 * @param frame size of the picture on the screen
 * @returns {parts, place}: the elements, and a function that puts them where the model says
 */
export function buildRuler(model, state, frame) {
  const line = element("div", { class: "lw-ruler", hidden: "", "aria-hidden": "true" });
  const label = element("div", { class: "lw-ruler-label", hidden: "", "aria-hidden": "true" });
  let shown = null;
  let grab = null; // what the hand holds: {pointer, end, x, y, row, col}
  const ends = [0, 1].map((end) => element("div", {
    class: "lw-ruler-end", tabindex: "0", role: "application", hidden: "",
    "aria-description": _("Arrow keys move this end of the line, with Shift the whole line; Alt makes the steps larger."),
    "data-end": String(end), title: _("Drag this end; with Shift in steps of 15°."),
  }));

  function place() {
    const told = model.get("ruler");
    if (!grab) shown = told.length === 4 ? [...told] : null;
    const hidden = !shown || !state.view;
    for (const part of [line, label, ...ends]) part.hidden = hidden;
    if (hidden) return;
    const [a, b] = [0, 1].map((end) => toScreen(shown[2 * end], shown[2 * end + 1], state.view, frame));
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    Object.assign(line.style, {
      left: `${a.x}px`, top: `${a.y}px`, width: `${Math.hypot(dx, dy)}px`, transform: `rotate(${Math.atan2(dy, dx)}rad)`,
    });
    label.textContent = lengthText(shown, state.pixel);
    Object.assign(label.style, { left: `${(a.x + b.x) / 2}px`, top: `${(a.y + b.y) / 2}px` });
    ends.forEach((part, end) => {
      const at = end ? b : a;
      Object.assign(part.style, { left: `${at.x}px`, top: `${at.y}px` });
      const where = { row: shown[2 * end].toFixed(0), col: shown[2 * end + 1].toFixed(0) };
      part.setAttribute("aria-label", end ? _("Right end of the line at row {row}, column {col}", where) : _("Left end of the line at row {row}, column {col}", where));
    });
  }

  function take(next) {
    shown = next;
    model.set("ruler", shown);
    model.save_changes();
    place();
  }

  [...ends, line].forEach((part) => {
    const end = part === line ? null : Number(part.dataset.end);
    part.addEventListener("pointerdown", (event) => {
      if (event.button > 0 || grab || !shown) return;
      event.stopPropagation();
      event.preventDefault();
      if (end !== null) part.focus({ preventScroll: true });
      part.setPointerCapture(event.pointerId);
      grab = { pointer: event.pointerId, x: event.clientX, y: event.clientY, from: shown };
    });
    part.addEventListener("pointermove", (event) => {
      if (!grab || event.pointerId !== grab.pointer) return;
      const dRow = ((event.clientY - grab.y) / frame.height) * state.view.height;
      const dCol = ((event.clientX - grab.x) / frame.width) * state.view.width;
      const { from } = grab;
      const { rows, cols } = state;
      if (end === null) take(moveLine(from, dRow, dCol, rows, cols));
      else take(moveEnd(from, end, from[2 * end] + dRow, from[2 * end + 1] + dCol, rows, cols, event.shiftKey));
    });
    const release = (event) => {
      if (!grab || event.pointerId !== grab.pointer) return;
      grab = null;
      place();
    };
    part.addEventListener("pointerup", release);
    part.addEventListener("pointercancel", release);
    part.addEventListener("dblclick", (event) => event.stopPropagation());
    part.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || !shown || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      const [dRow, dCol] = step.map((each) => each * (event.altKey ? 10 : 1));
      const { rows, cols } = state;
      if (event.shiftKey) take(moveLine(shown, dRow, dCol, rows, cols));
      else take(moveEnd(shown, end, shown[2 * end] + dRow, shown[2 * end + 1] + dCol, rows, cols));
    });
  });
  return { parts: [line, label, ...ends], place };
}

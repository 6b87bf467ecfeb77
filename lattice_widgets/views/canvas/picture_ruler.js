// A line that is laid over something whose length is known, such as a scale bar: both of its ends are dragged or moved by keys.
import { toScreen } from "./picture_geometry.js";
import { element } from "./picture_toolbar.js";
import { STEPS } from "./picture_window.js";
import { _ } from "../shared/words.js";

const STRAIGHT = 0.03; // scale bars are level: a line that is so nearly level is

/** Move one end (0 or 1) of a line [row, col, row, col]; it stays in the picture, and a line that is nearly level becomes so. */
export function moveEnd(line, end, row, col, rows, cols) {
  const moved = [...line];
  moved[2 * end] = Math.min(Math.max(row, 0), rows);
  moved[2 * end + 1] = Math.min(Math.max(col, 0), cols);
  const down = Math.abs(moved[2] - moved[0]);
  const across = Math.abs(moved[3] - moved[1]);
  if (down > 0 && down < STRAIGHT * across) moved[2 * end] = moved[2 * (1 - end)];
  return moved;
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
  let shown = null;
  let grab = null; // what the hand holds: {pointer, end, x, y, row, col}
  const ends = [0, 1].map((end) => element("div", {
    class: "lw-ruler-end", tabindex: "0", role: "application", hidden: "",
    "aria-description": _("Arrow keys move this end of the line, Alt makes the steps larger."), "data-end": String(end),
  }));

  function place() {
    const told = model.get("ruler");
    if (!grab) shown = told.length === 4 ? [...told] : null;
    const hidden = !shown || !state.view;
    for (const part of [line, ...ends]) part.hidden = hidden;
    if (hidden) return;
    const [a, b] = [0, 1].map((end) => toScreen(shown[2 * end], shown[2 * end + 1], state.view, frame));
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    Object.assign(line.style, {
      left: `${a.x}px`, top: `${a.y}px`, width: `${Math.hypot(dx, dy)}px`, transform: `rotate(${Math.atan2(dy, dx)}rad)`,
    });
    ends.forEach((part, end) => {
      const at = end ? b : a;
      Object.assign(part.style, { left: `${at.x}px`, top: `${at.y}px` });
      const where = { row: shown[2 * end].toFixed(0), col: shown[2 * end + 1].toFixed(0) };
      part.setAttribute("aria-label", end ? _("Right end of the line at row {row}, column {col}", where) : _("Left end of the line at row {row}, column {col}", where));
    });
  }

  function take(end, row, col) {
    shown = moveEnd(shown, end, row, col, state.rows, state.cols);
    model.set("ruler", shown);
    model.save_changes();
    place();
  }

  ends.forEach((part, end) => {
    part.addEventListener("pointerdown", (event) => {
      if (event.button > 0 || grab || !shown) return;
      event.stopPropagation();
      event.preventDefault();
      part.focus({ preventScroll: true });
      part.setPointerCapture(event.pointerId);
      grab = { pointer: event.pointerId, x: event.clientX, y: event.clientY, row: shown[2 * end], col: shown[2 * end + 1] };
    });
    part.addEventListener("pointermove", (event) => {
      if (!grab || event.pointerId !== grab.pointer) return;
      const row = grab.row + ((event.clientY - grab.y) / frame.height) * state.view.height;
      const col = grab.col + ((event.clientX - grab.x) / frame.width) * state.view.width;
      take(end, row, col);
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
      const pixels = event.altKey ? 10 : 1;
      take(end, shown[2 * end] + step[0] * pixels, shown[2 * end + 1] + step[1] * pixels);
    });
  });
  return { parts: [line, ...ends], place };
}

// Unit cells over a picture: parallelograms that are drawn, and handles at the ends of the two vectors of the first one.
//
// A cell is [row, col, aRow, aCol, bRow, bCol] in pixels: a corner (integers are the middle of a pixel), and both vectors.
import { INK, strokeTwice, writeTwice } from "./picture_drawing.js";
import { toScreen } from "./picture_geometry.js";
import { element } from "./picture_toolbar.js";
import { STEPS } from "./picture_window.js";
import { _ } from "../shared/words.js";

const SHORTEST = 2; // a vector is at least so long [px of the picture]
const ATOMS_NAMED = 44; // and in a cell with shorter sides atoms have none either
const LABELED = 14; // sides shorter than this on the screen [CSS px] have no names

/** The four corners of a cell, one after another, in edge coordinates. */
export function cornersOf([row, col, aRow, aCol, bRow, bCol]) {
  const start = [row + 0.5, col + 0.5];
  const add = ([r, c], dr, dc) => [r + dr, c + dc];
  return [start, add(start, aRow, aCol), add(start, aRow + bRow, aCol + bCol), add(start, bRow, bCol)];
}

/** The cell with one vector (0: a, 1: b) changed by so many pixels; the same cell if it would have no length. */
export function moveVector(cell, vector, dRow, dCol) {
  const at = 2 + 2 * vector;
  const next = [cell[at] + dRow, cell[at + 1] + dCol];
  if (Math.hypot(...next) < SHORTEST) return cell;
  const moved = [...cell];
  [moved[at], moved[at + 1]] = next;
  return moved;
}

/** Where the atoms of a cell are, in edge coordinates, with their names: those on its border at each place of the border. */
export function atomsIn([row, col, aRow, aCol, bRow, bCol], atoms) {
  const images = (part) => {
    const inside = part - Math.floor(part + 1e-6); // just below 1 is 0
    return Math.abs(inside) < 1e-3 ? [0, 1] : [inside];
  };
  return atoms.flatMap(([u, v, name]) => images(u).flatMap((i) => images(v).map((j) => ({
    row: row + 0.5 + i * aRow + j * bRow, col: col + 0.5 + i * aCol + j * bCol, name,
  }))));
}

/** Draw the atoms of a cell: a dot each, with its name where there is room. */
export function drawAtoms(context, cell, atoms, view, frame) {
  const [start, a, , b] = cornersOf(cell).map(([row, col]) => toScreen(row, col, view, frame));
  const named = Math.min(...[a, b].map((end) => Math.hypot(end.x - start.x, end.y - start.y))) >= ATOMS_NAMED;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  for (const { row, col, name } of atomsIn(cell, atoms)) {
    const { x, y } = toScreen(row, col, view, frame);
    strokeTwice(context, "#e69f00", 2, () => context.arc(x, y, 5, 0, 2 * Math.PI));
    if (named) writeTwice(context, name, x + 6, y - 4, INK);
  }
}

/** Draw cells; all but the first are dashed. */
export function drawCells(context, cells, view, frame) {
  cells.forEach((cell, number) => {
    const corners = cornersOf(cell).map(([row, col]) => toScreen(row, col, view, frame));
    const [start, a, , b] = corners;
    context.setLineDash(number ? [5, 4] : []);
    strokeTwice(context, INK, number ? 1.5 : 2, () => {
      corners.forEach(({ x, y }, corner) => (corner ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
    });
    context.setLineDash([]);
    if (number) return;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [end, other, name] of [[a, b, "a"], [b, a, "b"]]) {
      const long = Math.hypot(end.x - start.x, end.y - start.y);
      if (long < LABELED) continue;
      // outside of the cell, beside the middle of its side
      const away = [start.x + end.x - 2 * other.x, start.y + end.y - 2 * other.y];
      const far = 10 / Math.max(Math.hypot(...away), 1e-6);
      writeTwice(context, name, (start.x + end.x) / 2 + far * away[0], (start.y + end.y) / 2 + far * away[1], INK);
    }
  });
}

/**
 * Make the handles and listen to them. Arrows move an end by half a pixel, with Alt by five.
 *
 * Who moves an end is right until the answer to the last move has come: answers to the moves before are on their way
 * meanwhile, and a key pressed after one of them would go on from where the end no longer is.
 * @param model the widget's model: `cells`, `show_cells`, `cell_handles`, `cell_grip` and `cells_know`
 * @param state {rows, cols, view}: what the picture shows now
 * @param frame size of the picture on the screen
 * @param redraw called when the hand lets go: what came while it held an end was not drawn
 * @returns {parts, place, seen}: the elements, a function that puts them in their place, and one that gives the cells to draw
 */
export function buildCell(model, state, frame, redraw) {
  let shown = null;
  let grab = null; // what the hand holds: {pointer, x, y, from}
  const ends = [0, 1].map((vector) => element("div", {
    class: "lw-cell-end", tabindex: "0", role: "application", hidden: "", "data-vector": "ab"[vector],
    title: vector ? _("Drag the end of b") : _("Drag the end of a"),
    "aria-description": _("Arrow keys move this end of the cell, Alt makes the steps larger."),
  }));

  function follow() {
    const cell = model.get("cell_handles") && model.get("show_cells") ? model.get("cells")[0] ?? null : null;
    const isAnswered = model.get("cells_know") >= model.get("cell_grip")[1];
    if (!cell || !shown || (isAnswered && !grab)) shown = cell;
  }

  /** The cells as they are drawn: the first one as the hand has it. */
  function seen() {
    follow();
    const cells = model.get("show_cells") ? model.get("cells") : [];
    return shown ? [shown, ...cells.slice(1)] : cells;
  }

  function place() {
    follow();
    const hidden = !shown || !state.view;
    ends.forEach((part, vector) => {
      part.hidden = hidden;
      if (hidden) return;
      const [row, col] = cornersOf(shown)[vector ? 3 : 1];
      const { x, y } = toScreen(row, col, state.view, frame);
      Object.assign(part.style, { left: `${x}px`, top: `${y}px` });
      const where = { name: "ab"[vector], down: shown[2 + 2 * vector].toFixed(1), right: shown[3 + 2 * vector].toFixed(1) };
      part.setAttribute("aria-label", _("End of the cell vector {name}: {down} px down, {right} px to the right", where));
    });
  }

  function take(next, vector) {
    if (next === shown) return;
    shown = next;
    model.set("cell_grip", [vector, model.get("cell_grip")[1] + 1]);
    model.set("cells", [next, ...model.get("cells").slice(1)]);
    model.save_changes();
    place();
  }

  ends.forEach((part, vector) => {
    part.addEventListener("pointerdown", (event) => {
      if (event.button > 0 || grab || !shown) return;
      event.stopPropagation();
      event.preventDefault();
      part.focus({ preventScroll: true });
      part.setPointerCapture(event.pointerId);
      grab = { pointer: event.pointerId, x: event.clientX, y: event.clientY, from: shown };
    });
    part.addEventListener("pointermove", (event) => {
      if (!grab || event.pointerId !== grab.pointer) return;
      const dRow = ((event.clientY - grab.y) / frame.height) * state.view.height;
      const dCol = ((event.clientX - grab.x) / frame.width) * state.view.width;
      take(moveVector(grab.from, vector, dRow, dCol), vector);
    });
    const release = (event) => {
      if (!grab || event.pointerId !== grab.pointer) return;
      grab = null;
      place();
      redraw();
    };
    part.addEventListener("pointerup", release);
    part.addEventListener("pointercancel", release);
    part.addEventListener("dblclick", (event) => event.stopPropagation());
    part.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || !shown || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      const pixels = event.altKey ? 5 : 0.5;
      take(moveVector(shown, vector, step[0] * pixels, step[1] * pixels), vector);
    });
  });
  return { parts: ends, place, seen };
}

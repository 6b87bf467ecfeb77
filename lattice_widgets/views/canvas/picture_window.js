// The one active window over a picture: dragged, resized by its handles, moved and sized by keys. Whole picture pixels.
//
// The geometry is pure. `buildWindow` makes the elements; they lie over the canvas, so that only they, and not the whole
// picture, keep a finger from scrolling the page. Sending: the widget manager lets one message be under way and merges
// those that come meanwhile, so a fast hand leaves no backlog.
import { inFull, toPicture, toScreen } from "./picture_geometry.js";
import { element } from "./picture_toolbar.js";
import { _ } from "../shared/words.js";

const STILL = 4; // a pointer that moved less [CSS px] has clicked, not dragged
const LEAST = 16; // no spectrum says anything below this many pixels
const EDGES = ["n", "s", "e", "w", "nw", "ne", "sw", "se"];
/** What an arrow key does to a place (row, col). */
export const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const between = (value, low, high) => Math.min(Math.max(value, low), high);

/** Move a window by so many pixels; it stops at the picture's edge. */
export function moveWindow(box, dRow, dCol, rows, cols) {
  return {
    ...box,
    row: between(Math.round(box.row + dRow), 0, rows - box.height),
    col: between(Math.round(box.col + dCol), 0, cols - box.width),
  };
}

/** Move one edge ("n", "s", "e", "w") or corner of a window; the opposite one stays, and so does a smallest size. */
export function resizeWindow(box, edge, dRow, dCol, rows, cols, least = LEAST) {
  let [top, left, bottom, right] = [box.row, box.col, box.row + box.height, box.col + box.width];
  if (edge.includes("n")) top = between(Math.round(top + dRow), 0, Math.max(0, bottom - least));
  if (edge.includes("s")) bottom = between(Math.round(bottom + dRow), Math.min(rows, top + least), rows);
  if (edge.includes("w")) left = between(Math.round(left + dCol), 0, Math.max(0, right - least));
  if (edge.includes("e")) right = between(Math.round(right + dCol), Math.min(cols, left + least), cols);
  return { row: top, col: left, height: bottom - top, width: right - left };
}

/** Grow or shrink a window about its middle by so many pixels in height and width. */
export function growWindow(box, dHeight, dWidth, rows, cols, least = LEAST) {
  const height = between(box.height + dHeight, Math.min(least, rows), rows);
  const width = between(box.width + dWidth, Math.min(least, cols), cols);
  const grown = { row: box.row + (box.height - height) / 2, col: box.col + (box.width - width) / 2, height, width };
  return moveWindow(grown, 0, 0, rows, cols);
}

/**
 * Make the window and listen to it. Arrows move it, with Shift they size it; with Alt by ten pixels.
 * @param model the widget's model: its trait `window` is (row, col, height, width), or () for none
 * @param state {rows, cols, view}: what the picture shows now
 * @param frame size of the picture on the screen
 * @returns {box, place}: the element, and a function that puts it where the model says
 */
export function buildWindow(model, state, frame) {
  const handles = EDGES.map((edge) => element("span", { class: `lw-handle lw-handle-${edge}`, "data-edge": edge }));
  const size = element("span", { class: "lw-window-size", "aria-hidden": "true" });
  const box = element("div", {
    class: "lw-window", tabindex: "0", role: "application", hidden: "",
    "aria-description": _("Arrow keys move the window, Shift with arrow keys sizes it, Alt makes the steps larger."),
  }, size, ...handles);
  let shown = null;
  let grab = null; // what the hand holds: {pointer, edge, x, y, from}

  function read() {
    const [row, col, height, width] = model.get("window");
    return height > 0 ? { row, col, height, width } : null;
  }

  function place() {
    // while a hand drags, the screen is ahead of what comes back from Python
    if (!grab) shown = read();
    box.hidden = !shown || !state.view;
    if (box.hidden) return;
    const start = toScreen(shown.row, shown.col, state.view, frame);
    const end = toScreen(shown.row + shown.height, shown.col + shown.width, state.view, frame);
    Object.assign(box.style, {
      left: `${start.x}px`, top: `${start.y}px`, width: `${end.x - start.x}px`, height: `${end.y - start.y}px`,
    });
    const [fullRows, fullCols] = state.full;
    const told = {
      row: inFull(shown.row, state.rows, fullRows), height: inFull(shown.height, state.rows, fullRows),
      col: inFull(shown.col, state.cols, fullCols), width: inFull(shown.width, state.cols, fullCols),
    };
    size.textContent = `${told.height} × ${told.width} px`;
    size.hidden = end.x - start.x < 90 || end.y - start.y < 40;
    box.setAttribute("aria-label", _("Window at row {row}, column {col}, {height} by {width} pixels", told));
  }

  function take(next) {
    const same = shown && Object.keys(next).every((name) => next[name] === shown[name]);
    if (same) return;
    shown = next;
    model.set("window", [next.row, next.col, next.height, next.width]);
    model.save_changes();
    place();
  }

  /** A click that moves nothing picks the pixel below the window, as one beside it does. */
  function pick(event) {
    const stage = box.parentElement.getBoundingClientRect();
    const { row, col } = toPicture(event.clientX - stage.left, event.clientY - stage.top, state.view, frame);
    model.set("cursor", [between(Math.floor(row), 0, state.rows - 1), between(Math.floor(col), 0, state.cols - 1)]);
    model.set("clicked", model.get("clicked") + 1);
    model.save_changes();
  }

  box.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || grab || !shown) return;
    event.stopPropagation();
    event.preventDefault(); // no text is selected
    box.focus({ preventScroll: true });
    box.setPointerCapture(event.pointerId);
    const edge = event.target.dataset?.edge ?? "";
    grab = { pointer: event.pointerId, edge, x: event.clientX, y: event.clientY, from: shown };
    box.classList.add("lw-held");
  });
  box.addEventListener("pointermove", (event) => {
    if (!grab || event.pointerId !== grab.pointer) return;
    const dRow = ((event.clientY - grab.y) / frame.height) * state.view.height;
    const dCol = ((event.clientX - grab.x) / frame.width) * state.view.width;
    const { rows, cols } = state;
    take(grab.edge ? resizeWindow(grab.from, grab.edge, dRow, dCol, rows, cols) : moveWindow(grab.from, dRow, dCol, rows, cols));
  });
  const release = (event) => {
    if (!grab || event.pointerId !== grab.pointer) return;
    const still = Math.hypot(event.clientX - grab.x, event.clientY - grab.y) < STILL;
    if (still && !grab.edge && event.type === "pointerup") pick(event);
    grab = null;
    box.classList.remove("lw-held");
    place();
  };
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", release);
  box.addEventListener("dblclick", (event) => event.stopPropagation());
  box.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !shown || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const pixels = event.altKey ? 10 : 1;
    const [dRow, dCol] = step.map((part) => part * pixels);
    const { rows, cols } = state;
    take(event.shiftKey ? growWindow(shown, 2 * dRow, 2 * dCol, rows, cols) : moveWindow(shown, dRow, dCol, rows, cols));
  });
  return { box, place };
}

// Mouse, touch and keyboard on the picture. It turns events into zoom, pan, point and pick, and paints nothing.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const CLICK_SLACK = 4; // a pointer that moved less [CSS px] has clicked, not dragged

/** Center and spread of two pointers [CSS px]. */
export function pinchOf([a, b]) {
  return {
    clientX: (a.clientX + b.clientX) / 2,
    clientY: (a.clientY + b.clientY) / 2,
    spread: Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)),
  };
}

/** Zoom factor of a wheel event, the same for a mouse's lines and a touchpad's pixels. */
export function wheelFactor({ deltaY, deltaMode }) {
  const pixels = deltaMode === 1 ? 16 * deltaY : deltaY;
  return Math.exp(-Math.min(Math.max(pixels, -60), 60) / 200);
}

/**
 * Listen on the stage.
 * @param view the picture's actions: ready(), zoomed(), placeOf(event) -> {row, col}, shown() -> view, frame,
 *   point(place, byKeyboard), probe() -> {row, col} | null, pick(row, col), zoom(factor, row, col), pan(dRow, dCol), reset();
 *   `keys: false` if the keys of the stage do something else
 */
export function listen(stage, view) {
  const pointers = new Map(); // pointers that are down
  let start = null; // where the only pointer went down; null once it is no click any more
  let pinch = null;

  function onDown(event) {
    if (!view.ready() || event.button > 0) return;
    pointers.set(event.pointerId, event);
    stage.setPointerCapture(event.pointerId);
    start = pointers.size === 1 ? event : null;
    pinch = pointers.size === 2 ? pinchOf([...pointers.values()]) : null;
  }

  function onMove(event) {
    if (!view.ready()) return;
    const before = pointers.get(event.pointerId);
    if (before) pointers.set(event.pointerId, event);
    if (pinch && pointers.size === 2) {
      const now = pinchOf([...pointers.values()]);
      const place = view.placeOf(pinch);
      view.zoom(now.spread / pinch.spread, place.row, place.col);
      pinch = now;
    } else if (before && pointers.size === 1) {
      if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > CLICK_SLACK) start = null;
      if (!start && view.zoomed()) drag(before, event);
    }
    view.point(view.placeOf(event), false);
  }

  function drag(from, to) {
    const { height, width } = view.shown();
    const dRow = ((from.clientY - to.clientY) / view.frame.height) * height;
    view.pan(dRow, ((from.clientX - to.clientX) / view.frame.width) * width);
  }

  function onUp(event) {
    const clicked = start && event.type === "pointerup" && pointers.delete(event.pointerId);
    pointers.delete(event.pointerId);
    start = null;
    pinch = null;
    const place = clicked && view.placeOf(event);
    if (place) view.point(place, false);
    if (place && view.probe()) view.pick(view.probe().row, view.probe().col);
  }

  function onWheel(event) {
    // a plain wheel scrolls the notebook; a touchpad's pinch arrives as a wheel with Ctrl
    if (!view.ready() || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const place = view.placeOf(event);
    view.zoom(wheelFactor(event), place.row, place.col);
  }

  function onKey(event) {
    if (!view.ready() || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const probe = view.probe();
    if (arrow && event.shiftKey) moveCrosshair(arrow);
    else if (arrow && view.zoomed()) view.pan((arrow[0] * view.shown().height) / 10, (arrow[1] * view.shown().width) / 10);
    else if (event.key === "+" || event.key === "=") view.zoom(1.25);
    else if (event.key === "-" || event.key === "_") view.zoom(1 / 1.25);
    else if (event.key === "0" || event.key === "Home") view.reset();
    else if (event.key === "Enter" && probe) view.pick(probe.row, probe.col);
    else if (event.key === "Escape") view.point(null, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function moveCrosshair([dRow, dCol]) {
    const { row, col, height, width } = view.shown();
    const from = view.probe() ?? { row: Math.floor(row + height / 2), col: Math.floor(col + width / 2) };
    const next = { row: from.row + dRow, col: from.col + dCol };
    const seen = next.row >= Math.floor(row) && next.row < row + height && next.col >= Math.floor(col) && next.col < col + width;
    view.point(seen ? next : from, true);
  }

  stage.addEventListener("pointerdown", onDown);
  stage.addEventListener("pointermove", onMove);
  stage.addEventListener("pointerup", onUp);
  stage.addEventListener("pointercancel", onUp);
  stage.addEventListener("pointerleave", () => pointers.size || view.point(null, false));
  stage.addEventListener("dblclick", view.reset);
  stage.addEventListener("wheel", onWheel, { passive: false });
  if (view.keys !== false) stage.addEventListener("keydown", onKey);
}

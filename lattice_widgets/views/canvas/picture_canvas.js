// The picture on the screen: elements, events, and one repaint per animation frame at most.
import { byteValue, displayTable, histogram, percentileLimits, toneCurve } from "../shared/color_maps.js";
import { colorPixels, drawBoxes, drawCrosshair, drawPicture, drawPoints, drawRings, drawScaleBar } from "./picture_drawing.js";
import { MAP_TRAITS, buildLayer } from "./map_layer.js";
import { fitView, frameSize, inFull, isWhole, panView, physicalPixel, placeText } from "./picture_geometry.js";
import { nearestPoint, number, quantity, toPicture, wholeView, zoomView } from "./picture_geometry.js";
import { listen } from "./picture_gestures.js";
import { buildCell, drawAtoms, drawCells } from "./picture_cell.js";
import { buildRuler, drawRuler } from "./picture_ruler.js";
import { buildToolbar, element } from "./picture_toolbar.js";
import { buildWindow } from "./picture_window.js";
import { icon } from "../shared/icons.js";
import { buildMenu, fillsScreen, largestSide, roomOnScreen } from "../shared/picture_menu.js";
import { bytesOf } from "../shared/page/bytes.js";
import { earlyPixels, keepEarly } from "../shared/page/early_pixels.js";
import { askForState } from "../shared/page/ask.js";
import { N_, _, useWords } from "../shared/words.js";

const KEYS = N_(
  "Keys: + and − zoom, arrows move the picture when zoomed, Shift+arrows move the crosshair, " +
  "Enter picks the pixel, 0 shows the whole picture. Mouse: Ctrl+wheel zooms, drag moves, double click resets.",
);
const COLOR_TRAITS = ["color_map", "low", "high", "contrast_cut", "gamma", "log"];
const VALUE_TRAITS = ["value_low", "value_high", "value_scale", "missing"];
const PICTURE_TRAITS = ["picture_number", "rows", "cols", "view", "smooth", ...COLOR_TRAITS, ...VALUE_TRAITS];
const FRAME_TRAITS = ["rows", "cols", "pixel_size", "unit", "display_width"];
const OVERLAY_TRAITS = [
  "points", "point_labels", "point_notes", "faint_points", "show_points", "point_color", "point_colors", "point_marker", "point_size", "boxes", "scale_bar",
  "pixel_size", "unit", "origin", "value_unit", "clipped", "rings", "window", "ruler", "cells", "cells_know", "show_cells", "cell_atoms",
  "cell_handles",
];
const WORD_TRAITS = ["badge", "title", "description", "points_name", "toolbar", "has_table", "has_code"];

function floatsOf(data) {
  const bytes = bytesOf(data);
  return new Float32Array(bytes.slice(0, bytes.length - (bytes.length % 4)).buffer); // a copy: floats need alignment
}

function render({ model, el }) {
  // ---------------------------------------------------------------- elements
  useWords(model);
  const picture = element("canvas", { class: "lw-pixels", role: "img", "data-drawn": "0" });
  const overlay = element("canvas", { class: "lw-overlay", "aria-hidden": "true", "data-drawn": "0" });
  const empty = element("div", { class: "lw-empty" }, _("no picture yet"));
  const badge = element("div", { class: "lw-badge", hidden: "" });
  const stage = element("div", {
    class: "lw-stage", tabindex: "0", role: "group", "aria-keyshortcuts": "+ - 0 Enter", "aria-description": _(KEYS),
  }, picture, overlay, empty, badge);
  const title = element("div", { class: "lw-title" });
  const readout = element("div", { class: "lw-readout", "aria-live": "polite" });
  const tools = buildToolbar(model, contrastLimits, distribution);
  tools.row.hidden = true;
  tools.row.id = `lw-toolbar-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const small = (sign, label, click, name = label) =>
    element("button", { type: "button", title: label, "aria-label": name, on: { click } }, sign);
  const unfold = small(icon("contrast"), _("Color map, contrast, gamma, log: how the picture is shown"), () => {
    tools.row.hidden = !tools.row.hidden;
    unfold.setAttribute("aria-expanded", String(!tools.row.hidden));
    tools.refresh();
  }, _("Display"));
  unfold.setAttribute("aria-expanded", "false");
  unfold.setAttribute("aria-controls", tools.row.id);
  const outward = small("−", _("Zoom out (−)"), () => zoom(1 / 1.5));
  const inward = small("+", _("Zoom in (+)"), () => zoom(1.5));
  const buttons = element("div", { class: "lw-zooms" },
    outward,
    inward,
    small(icon("whole"), _("Show the whole picture (0)"), () => setView(null)),
    unfold,
  );
  const aside = element("div", { class: "lw-buttons" }, buttons);
  const head = element("div", { class: "lw-head" }, title, aside);
  const layer = buildLayer(model);
  const root = element("div", {
    class: "lw-picture",
    "data-lm-suppress-shortcuts": "true", // in JupyterLab "0 0" would restart the kernel while someone zooms
  }, head, stage, layer.bar, readout, tools.row);
  const menu = buildMenu(model, { title: () => model.get("title") || model.get("description"), canvas: snapshot, whole: root });
  for (const type of ["pointerdown", "dblclick", "keydown"]) menu.node.addEventListener(type, (event) => event.stopPropagation());
  el.classList.add("lw-picture-host");
  el.append(root);

  // ---------------------------------------------------------------- state, read from the model when it changes
  const source = document.createElement("canvas"); // the picture at its own size, one pixel a pixel
  let image = null;
  let colored = false; // does `source` show the present pixels in the present colors?
  const state = { rows: 0, cols: 0, pixels: new Uint8Array(0), values: {}, tones: [], view: null, pixel: null, full: [] };
  const held = { number: -1, pixels: new Uint8Array(0) }; // the pixels that came last; no part of the saved state
  const frame = { width: 0, height: 0, density: 1 };
  const active = buildWindow(model, state, frame);
  const ruler = buildRuler(model, state, frame);
  const cell = buildCell(model, state, frame, () => invalidate("overlay"));
  stage.append(active.box, ...cell.parts, ...ruler.parts);
  let probe = null; // the pixel {row, col} under mouse or keyboard crosshair
  let byKeyboard = false;

  function readPicture() {
    state.counts = null;
    const [rows, cols] = [model.get("rows"), model.get("cols")];
    if (rows * cols === 0) { // no picture: none of the last one may stay
      Object.assign(held, { number: model.get("picture_number"), pixels: new Uint8Array(0) });
      Object.assign(state, { rows: 0, cols: 0, pixels: held.pixels, view: null });
      return;
    }
    // the traits travel in one message and the pixels in the next: go on showing the last picture until both are here
    if (held.number !== model.get("picture_number") || rows * cols !== held.pixels.length) return;
    Object.assign(state, { rows, cols, pixels: held.pixels });
    state.values = {
      low: model.get("value_low"), high: model.get("value_high"),
      scale: model.get("value_scale"), missing: model.get("missing"),
    };
    state.tones = toneCurve(state.values, model.get("log"));
    state.full = model.get("full_shape");
    state.pixel = physicalPixel(model.get("pixel_size"), model.get("unit"));
    const [row, col, height, width] = model.get("view");
    state.view = height > 0 ? fitView({ row, col, height, width }, rows, cols) : wholeView(rows, cols);
  }

  function distribution() {
    if (!state.pixels.length) return null;
    state.counts ??= histogram(state.pixels); // once a picture: it costs as much as coloring it
    return state;
  }

  function contrastLimits() {
    const cut = model.get("contrast_cut");
    if (cut > 0 && state.pixels.length) return percentileLimits(distribution().counts, state.tones, cut);
    return { low: model.get("low"), high: model.get("high") };
  }

  // ---------------------------------------------------------------- painting: what is stale, once per frame
  const stale = new Set();
  let ticket = 0;
  function invalidate(...parts) {
    for (const part of parts) stale.add(part);
    if (!ticket) ticket = requestAnimationFrame(paint);
  }

  const count = (canvas) => canvas.setAttribute("data-drawn", Number(canvas.dataset.drawn) + 1);

  function paint() {
    ticket = 0;
    if (stale.has("words")) writeWords();
    if (stale.has("picture") || stale.has("frame")) readPicture();
    if (stale.has("frame")) layOut();
    const shown = state.rows > 0 && state.cols > 0 && frame.width > 0;
    empty.hidden = state.rows > 0 && state.cols > 0;
    if (stale.has("colors")) colored = false;
    if (shown && (stale.has("picture") || stale.has("frame"))) paintPicture();
    if (shown) paintOverlay();
    if (shown) writeReadout();
    else wipe();
    layer.refresh();
    tools.refresh();
    stale.clear();
  }

  function wipe() {
    readout.textContent = "";
    for (const canvas of [picture, overlay]) contextOf(canvas).clearRect(0, 0, frame.width, frame.height);
    for (const part of [active, cell, ruler]) part.place();
  }

  function contextOf(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(frame.density, 0, 0, frame.density, 0, 0);
    return context;
  }

  function paintPicture() {
    if (!colored) {
      if (!image || image.width !== state.cols || image.height !== state.rows) {
        [source.width, source.height] = [state.cols, state.rows];
        image = new ImageData(state.cols, state.rows);
      }
      const settings = { colorMap: model.get("color_map"), gamma: model.get("gamma"), ...contrastLimits() };
      colorPixels(image, state.pixels, displayTable({ tones: state.tones, ...settings }));
      source.getContext("2d").putImageData(image, 0, 0);
      colored = true;
    }
    stage.classList.toggle("lw-zoomed", !isWhole(state.view, state.rows, state.cols));
    drawPicture(contextOf(picture), source, state.view, frame, model.get("smooth"));
    count(picture);
  }

  function paintOverlay() {
    const context = contextOf(overlay);
    context.clearRect(0, 0, frame.width, frame.height);
    drawOver(context);
    if (probe && byKeyboard) drawCrosshair(context, probe, state.view, frame);
    for (const part of [active, cell, ruler]) part.place();
    count(overlay);
  }

  function drawOver(context) {
    context.font = `12px ${getComputedStyle(stage).fontFamily}`;
    layer.draw(context, state.view, frame);
    drawBoxes(context, model.get("boxes"), state.view, frame);
    drawRings(context, model.get("rings"), state, frame);
    if (model.get("show_points")) {
      const look = { color: model.get("point_color"), marker: model.get("point_marker"), size: model.get("point_size") };
      look.faint = model.get("faint_points");
      look.colors = model.get("point_colors");
      drawPoints(context, floatsOf(model.get("points")), model.get("point_labels"), state.view, frame, look);
    }
    layer.drawRing(context, state.view, frame);
    const cells = cell.seen();
    drawCells(context, cells, state.view, frame);
    if (cells.length) drawAtoms(context, cells[0], model.get("cell_atoms"), state.view, frame);
    if (model.get("scale_bar")) drawScaleBar(context, state.pixel, state.view, frame);
  }

  /** What is seen, on a canvas of its own: as sharp as the picture, and at least twice as sharp as a plain screen. */
  function snapshot() {
    if (!(frame.width > 0 && state.rows > 0)) throw new Error(_("There is no picture yet."));
    if (!colored) paintPicture();
    const density = Math.min(Math.max(2, frame.density, state.view.width / frame.width), 4096 / Math.max(frame.width, frame.height));
    const made = element("canvas", { width: Math.round(frame.width * density), height: Math.round(frame.height * density) });
    const context = made.getContext("2d");
    context.setTransform(density, 0, 0, density, 0, 0);
    drawPicture(context, source, state.view, { ...frame, density }, model.get("smooth"));
    drawOver(context);
    const [row, col, height, width] = model.get("window");
    if (height > 0) drawBoxes(context, [{ row, col, height, width, color: "#ffd24a" }], state.view, frame);
    if (model.get("ruler").length === 4) drawRuler(context, model.get("ruler"), state, frame);
    return layer.framed(made, density);
  }

  function layOut() {
    const limit = Math.min(model.get("display_width"), largestSide());
    root.style.width = `${limit}px`;
    outward.hidden = root.clientWidth < 320; // title and buttons in one line; the whole picture is one step away
    inward.hidden = root.clientWidth < 250; // keys, wheel and two fingers zoom too
    if (!(state.rows > 0 && state.cols > 0)) return;
    const size = fillsScreen(root)
      ? frameSize(state.rows, state.cols, state.pixel, roomOnScreen().height, roomOnScreen().width)
      : frameSize(state.rows, state.cols, state.pixel, limit, root.clientWidth || limit);
    frame.width = size.width;
    frame.height = size.height;
    frame.density = window.devicePixelRatio || 1;
    stage.style.width = `${frame.width}px`;
    stage.style.height = `${frame.height}px`;
    for (const canvas of [picture, overlay]) {
      const [width, height] = [frame.width, frame.height].map((length) => Math.max(1, Math.round(length * frame.density)));
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
  }

  function writeWords() {
    title.textContent = model.get("title");
    buttons.hidden = !model.get("toolbar");
    readout.hidden = !model.get("toolbar");
    badge.textContent = model.get("badge");
    badge.hidden = !model.get("badge");
    head.hidden = buttons.hidden && !model.get("title");
    if (head.hidden) stage.append(menu.node);
    else aside.append(menu.node);
    menu.refresh();
    tools.row.hidden ||= !model.get("toolbar");
    picture.setAttribute("aria-label", model.get("description") || model.get("title") || _("picture"));
    const name = model.get("title") || _("Picture");
    stage.setAttribute("aria-label", _("{title}, can be zoomed", { title: name }));
  }

  /** What the point under the mouse is, if it is known. */
  function noteAt({ row, col }) {
    const notes = model.get("point_notes");
    if (!notes.length || !model.get("show_points")) return "";
    const reach = (model.get("point_size") / frame.width) * state.view.width;
    return notes[nearestPoint(floatsOf(model.get("points")), row, col, Math.max(reach, 1))] ?? "";
  }

  function writeReadout() {
    const { rows, cols, pixel, values } = state;
    readout.title = _(KEYS);
    if (!probe || probe.row >= rows || probe.col >= cols) {
      const size = pixel.unit === "px" ? "" : ` · ${number(rows * pixel.row)} × ${quantity(cols * pixel.col, pixel.unit)}`;
      readout.textContent = `${inFull(rows, rows, state.full[0])} × ${inFull(cols, cols, state.full[1])} px${size}`;
      return;
    }
    const byte = state.pixels[probe.row * cols + probe.col];
    const value = byteValue(byte, values);
    const [cutLow, cutHigh] = model.get("clipped");
    const lowest = values.missing ? 1 : 0;
    const sign = cutLow && byte === lowest ? "≤ " : cutHigh && byte === 255 ? "≥ " : "";
    const text = value === null ? _("no value") : sign + quantity(value, model.get("value_unit"));
    const place = placeText(probe.row, probe.col, { ...state, origin: model.get("origin") });
    readout.textContent = [place, text, layer.textAt(probe), noteAt(probe)].filter(Boolean).join(" · ");
  }

  // ---------------------------------------------------------------- zoom, pan, pick: the trait `view` is the truth
  let saving = 0;
  function save() {
    // at most ten messages a second while a hand is moving
    saving ||= setTimeout(() => ((saving = 0), model.save_changes()), 100);
  }

  function setView(view) {
    const whole = !view || isWhole(view, state.rows, state.cols);
    model.set("view", whole ? [] : [view.row, view.col, view.height, view.width]);
    save();
  }

  function zoom(factor, row, col) {
    if (!state.view) return;
    const { view, rows, cols } = state;
    const anchor = { row: row ?? view.row + view.height / 2, col: col ?? view.col + view.width / 2 };
    state.view = zoomView(view, factor, anchor.row, anchor.col, rows, cols);
    setView(state.view);
  }

  function pan(dRow, dCol) {
    state.view = panView(state.view, dRow, dCol, state.rows, state.cols);
    setView(state.view);
  }

  function placeOf(event) {
    const box = stage.getBoundingClientRect();
    return toPicture(event.clientX - box.left - stage.clientLeft, event.clientY - box.top - stage.clientTop, state.view, frame);
  }

  function point(place, keyboard) {
    const inside = place && place.row >= 0 && place.col >= 0 && place.row < state.rows && place.col < state.cols;
    const wasKeyboard = byKeyboard;
    probe = inside ? { row: Math.floor(place.row), col: Math.floor(place.col) } : null;
    byKeyboard = keyboard && inside;
    // the mouse has its own crosshair: only the words change, nothing is painted
    if (byKeyboard || wasKeyboard) invalidate("overlay");
    else if (state.pixel) writeReadout();
  }

  function pick(row, col) {
    model.set("cursor", [row, col]);
    model.set("clicked", model.get("clicked") + 1);
    model.save_changes();
  }

  listen(stage, {
    frame, placeOf, point, pick, zoom, pan,
    ready: () => state.view !== null && frame.width > 0,
    zoomed: () => !isWhole(state.view, state.rows, state.cols),
    shown: () => state.view,
    probe: () => probe,
    reset: () => setView(null),
  });

  // ---------------------------------------------------------------- model -> screen
  const watched = [];
  function watch(traits, ...parts) {
    for (const name of traits) {
      watched.push([`change:${name}`, () => invalidate(...parts)]);
      model.on(...watched.at(-1));
    }
  }
  watch(PICTURE_TRAITS, "picture");
  watch(["picture_number", "rows", "cols", ...COLOR_TRAITS, ...VALUE_TRAITS], "colors");
  watch(FRAME_TRAITS, "frame");
  watch([...OVERLAY_TRAITS, ...MAP_TRAITS], "overlay");
  watch(WORD_TRAITS, "words");

  watched.push(["msg:custom", (message, buffers) => {
    if (message.pixels === undefined) return;
    Object.assign(held, { number: message.pixels, pixels: bytesOf(buffers[0]) });
    invalidate("picture", "colors", "frame", "overlay");
  }]);
  model.on(...watched.at(-1));
  const early = earlyPixels(model);
  if (early) Object.assign(held, early);
  else askForState(model, "pixels");

  const resized = new ResizeObserver(() => invalidate("frame"));
  resized.observe(root);
  // the browser's zoom and a move to another screen change the density without resizing the element
  const density = () => invalidate("frame");
  window.addEventListener("resize", density);
  invalidate("words", "frame", "picture", "colors");

  return () => {
    cancelAnimationFrame(ticket);
    clearTimeout(saving);
    resized.disconnect();
    window.removeEventListener("resize", density);
    for (const [event, act] of watched) model.off(event, act);
  };
}

export default { initialize: keepEarly, render };

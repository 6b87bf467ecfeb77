// The map of lattices in the browser: a dot to drag on a triangle, marks, a path, and who names what where.
import { element } from "../canvas/picture_toolbar.js";
import { geometryAt, groundOf, networkAt, paintDot, paintFrame, paintGlyphs, paintLabels, paintLattice, paintLink, paintMark, paintPath, paintRegions } from "./triangle_drawing.js";
import { clamped, largest, layoutOf, nearestOf, snapped, strainsAt, typeAt } from "./triangle_geometry.js";
import { buildMenu, fillsScreen, roomOnScreen, stackCanvases } from "../shared/picture_menu.js";
import { svgOf } from "../shared/svg_context.js";
import { askForState } from "../shared/page/ask.js";
import { revive } from "../shared/page/revive.js";
import { N_, _, useWords } from "../shared/words.js";

const MAP_KEYS = N_(
  "Keys: arrows move the dot, with Shift further, H and S put it on hexagonal and square, B changes the background. " +
  "Mouse or finger: drag the dot, or click where it should go."
);
const STEPS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const SNAP = 6; // so near to an edge [px] the dot lies on it
const GROUNDS = ["none", "geometry", "network"];

function render({ model, el }) {
  useWords(model);
  const ground = element("canvas", { class: "lw-pixels", role: "img", "data-drawn": "0" });
  const overlay = element("canvas", { class: "lw-overlay lw-map-front", "aria-hidden": "true", "data-drawn": "0" });
  const handle = element("div", {
    class: "lw-map-handle", tabindex: "0", role: "slider", "aria-valuemin": "0", "aria-valuemax": "1",
    "aria-roledescription": _("dot to move in two directions"), "aria-description": _(MAP_KEYS),
  });
  const stage = element("div", { class: "lw-stage lw-map-stage" }, ground, overlay, handle);
  const title = element("div", { class: "lw-title" });
  const here = element("div", { class: "lw-readout lw-map-here" });
  const there = element("div", { class: "lw-readout lw-map-there" });
  const keys = element("div", { class: "lw-readout lw-map-keys" }, _(MAP_KEYS));
  const root = element("div", { class: "lw-picture lw-map", "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "lw-head" }, title), stage, here, there, keys);
  const menu = buildMenu(model, {
    title: () => model.get("title") || model.get("description"), whole: root,
    canvas: () => stackCanvases(styleOf("--lw-ground"), ground, overlay),
    svg: () => svgOf(layout, styleOf("--lw-ground"), (context) => (drawGround(context), drawFront(context))),
  });
  root.firstChild.append(menu.node);
  el.classList.add("lw-picture-host");
  el.append(root);

  // ---------------------------------------------------------------- state
  let layout = layoutOf(320);
  let density = 1;
  let held = false;
  let hand = [...model.get("dot")]; // while held, only we know where the dot is
  let pointed = null; // the place under the mouse
  let network = null; // {grid, steps}
  let image = null;
  const count = () => model.get("class_names").length;
  const dot = () => (held ? hand : model.get("dot"));
  const marks = () => model.get("marks");

  // ---------------------------------------------------------------- painting
  const stale = new Set();
  let ticket = 0;
  function invalidate(...parts) {
    for (const part of parts) stale.add(part);
    if (!ticket) ticket = requestAnimationFrame(paint);
  }
  const counted = (canvas) => canvas.setAttribute("data-drawn", Number(canvas.dataset.drawn) + 1);

  function paint() {
    ticket = 0;
    if (stale.has("frame")) {
      const limit = fillsScreen(root) ? roomOnScreen().height : model.get("display_width");
      const width = Math.min(stage.parentElement.clientWidth, limit);
      if (!width) return;
      layout = layoutOf(width);
      density = window.devicePixelRatio || 1;
      Object.assign(stage.style, { width: `${width}px`, height: `${layout.height}px` });
      for (const canvas of [ground, overlay]) {
        [canvas.width, canvas.height] = [Math.round(width * density), Math.round(layout.height * density)];
      }
    }
    if (stale.has("frame") || stale.has("ground")) paintGround();
    if (stale.has("frame") || stale.has("words")) writeWords();
    stale.clear();
    paintFront();
  }

  function contextOf(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, layout.width, layout.height);
    return context;
  }

  const styleOf = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const isDark = () => getComputedStyle(root).colorScheme.includes("dark");

  function paintGround() {
    ground.setAttribute("data-ground", drawGround(contextOf(ground)));
    counted(ground);
  }

  function drawGround(context) {
    const kind = model.get("background");
    const geometry = geometryAt(model.get("tolerance"), count());
    const known = kind === "network" && network;
    const weights = kind === "geometry" ? geometry : known ? networkAt(network.grid, network.steps, count()) : null;
    const rival = known ? (x, y) => largest(geometry(x, y)) : null;
    image = groundOf(layout, { weights, rival, colors: model.get("class_colors"), dark: isDark() });
    if (image) {
      context.drawImage(image, 0, 0, image.width, image.height);
      paintGlyphs(context, layout, weights, look());
    }
    return weights ? kind : "none";
  }

  function look() {
    return {
      ink: styleOf("--lw-text"), muted: styleOf("--lw-muted"), ground: styleOf("--lw-ground"), raised: styleOf("--lw-raised"),
      accent: styleOf("--lw-accent"), font: getComputedStyle(root).fontFamily,
      colors: model.get("class_colors"), glyphs: model.get("class_glyphs"), names: model.get("class_names"),
      thin: _("rows ever further apart →"),
    };
  }

  function paintFront() {
    drawFront(contextOf(overlay));
    const [left, top] = layout.screen(...dot());
    Object.assign(handle.style, { left: `${left}px`, top: `${top}px` });
    counted(overlay);
  }

  function drawFront(context) {
    const now = look();
    const covered = paintFrame(context, layout, now);
    for (const mark of marks()) if (mark.region.length) paintRegions(context, layout, mark.region, now);
    const path = model.get("path");
    if (path.length) paintPath(context, layout, path, now);
    const allowed = held && model.get("allowed").length ? model.get("allowed") : null;
    const at = allowed ?? dot();
    for (const mark of marks()) if (mark.kind === "picture") paintLink(context, layout, at, [mark.x, mark.y], now);
    const near = pointed ? markAt(pointed) : -1;
    marks().forEach((mark, n) => paintMark(context, layout, mark, now, n === near));
    paintLattice(context, layout, at, now);
    paintDot(context, layout, at, allowed ? hand : null, now);
    const labels = [{ text: model.get("dot_name"), place: at, bold: true }];
    for (const mark of marks()) labels.push({ text: mark.name, place: [mark.x, mark.y] });
    if (path.length) model.get("path_ends").forEach((text, n) => labels.push({ text, place: path.at(n ? -1 : 0) }));
    paintLabels(context, layout, labels, covered, now);
  }

  // ---------------------------------------------------------------- words
  const number = (value) => (value < 0.005 ? "0" : value >= 99.5 ? value.toFixed(0) : value.toPrecision(2));

  function sayPlace([x, y]) {
    const names = model.get("class_names");
    const glyphs = model.get("class_glyphs");
    const strains = strainsAt(x, y);
    const kind = typeAt(x, y, model.get("tolerance"));
    const away = [1, 2, 3, 4].map((k) => `${glyphs[k]} ${names[k]} ${number(strains[k])} %`).join(", ");
    const type = `${glyphs[kind]} ${names[kind]}`;
    return _("{type}; strain to {away}", { type, away });
  }

  function sayNetwork([x, y]) {
    if (model.get("background") !== "network" || !network) return "";
    const values = networkAt(network.grid, network.steps, count())(x, y);
    if (!values) return _("no answer of the network here");
    const names = model.get("class_names");
    const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 3).filter((k, n) => !n || values[k] >= 0.005);
    const shares = order.map((k) => `${names[k]} ${(100 * values[k]).toFixed(0)} %`).join(", ");
    return _("network: {shares}", { shares });
  }

  const say = (place) => [sayPlace(place), sayNetwork(place)].filter(Boolean).join("; ");

  function writeWords() {
    title.textContent = model.get("title");
    title.hidden = !title.textContent;
    ground.setAttribute("aria-label", model.get("description"));
    const place = dot();
    const words = say(place);
    here.replaceChildren(element("b", {}, model.get("dot_name") || _("dot")), ` (x ${place[0].toFixed(3)}, y ${place[1].toFixed(3)}): ${words}`);
    handle.setAttribute("aria-label", model.get("dot_name") || _("dot"));
    handle.setAttribute("aria-valuenow", place[0].toFixed(3));
    handle.setAttribute("aria-valuetext", words);
    writePointed();
  }

  function writePointed() {
    const near = pointed ? markAt(pointed) : -1;
    const step = pointed ? stepAt(pointed) : -1;
    if (near >= 0) there.textContent = marks()[near].text;
    else if (step >= 0) there.textContent = [model.get("path_texts")[step], say(model.get("path")[step])].filter(Boolean).join(": ");
    else there.textContent = pointed && insideOf(pointed) ? _("under the pointer: {words}", { words: say(placeOf(pointed)) }) : "";
  }

  // ---------------------------------------------------------------- what the user does
  const offset = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const placeOf = ([left, top]) => clamped(...layout.place(left, top));
  function insideOf([left, top], room = 0) {
    const [x, y] = layout.place(left, top);
    return x >= -room && y >= -room && x + y <= 1 + room;
  }
  const markAt = (spot) => nearestOf(marks().map((mark) => layout.screen(mark.x, mark.y)), ...spot, 12);
  const stepAt = (spot) => nearestOf(model.get("path").map(([x, y]) => layout.screen(x, y)), ...spot, 8);

  function move(x, y) {
    hand = clamped(x, y);
    model.set("dot", hand);
    model.save_changes();
    invalidate("words");
  }
  const drag = (event) => move(...snapped(...placeOf(offset(event)), layout.scale, SNAP));

  stage.addEventListener("pointerdown", (event) => {
    const onHandle = event.target === handle;
    if (event.button > 0 || !(onHandle || insideOf(offset(event), 0.02))) return;
    // a finger beside the dot scrolls the page, and moves the dot only when it is lifted where it was put down
    if (!onHandle && event.pointerType !== "mouse") return;
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus({ focusVisible: false });
    [held, hand] = [true, [...model.get("dot")]];
    model.set("held", true);
    if (onHandle) model.save_changes();
    else drag(event);
    handle.classList.add("lw-held");
  });
  stage.addEventListener("pointermove", (event) => {
    if (held) drag(event);
    pointed = held ? null : offset(event);
    writePointed();
    invalidate();
  });
  stage.addEventListener("pointerleave", () => {
    pointed = null;
    writePointed();
    invalidate();
  });
  function release() {
    if (!held) return;
    held = false;
    handle.classList.remove("lw-held");
    model.set("held", false);
    model.save_changes();
    invalidate("words");
  }
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("lostpointercapture", release);
  stage.addEventListener("click", (event) => {
    if (event.pointerType === "touch" && event.target !== handle && insideOf(offset(event), 0.02)) drag(event);
  });
  handle.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    const [x, y] = dot();
    const far = event.shiftKey ? 0.05 : 0.01;
    const key = event.key.toLowerCase();
    if (step) move(x + far * step[0], y + far * step[1]);
    else if (key === "h") move(0, 1);
    else if (key === "s") move(0, 0);
    else if (key === "b") {
      model.set("background", GROUNDS[(GROUNDS.indexOf(model.get("background")) + 1) % GROUNDS.length]);
      model.save_changes();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // ---------------------------------------------------------------- what comes from Python
  function receive(message, buffers) {
    if (message.part !== "network") return;
    const buffer = buffers[0];
    const copy = new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength).slice();
    network = message.steps ? { grid: new Float32Array(copy.buffer), steps: message.steps } : null;
    invalidate("ground", "words");
  }
  model.on("msg:custom", receive);
  const repaint = () => invalidate("words");
  const reground = () => invalidate("ground", "words");
  const resize = () => invalidate("frame", "words");
  const heard = {
    dot: repaint, allowed: repaint, dot_name: repaint, marks: repaint, path: repaint, path_ends: repaint, title: repaint,
    description: repaint, background: reground, tolerance: reground, display_width: resize,
  };
  for (const [name, act] of Object.entries(heard)) model.on(`change:${name}`, act);
  const watch = new ResizeObserver(resize);
  watch.observe(root);
  const themes = new MutationObserver(() => invalidate("ground"));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  if (model.get("held")) {
    // a page that was closed while its dot was held
    model.set("held", false);
    model.save_changes();
  }
  invalidate("frame", "words");
  askForState(model, "all");
  return () => {
    watch.disconnect();
    themes.disconnect();
    model.off("msg:custom", receive);
    for (const [name, act] of Object.entries(heard)) model.off(`change:${name}`, act);
    cancelAnimationFrame(ticket);
  };
}

export default { initialize: revive, render };

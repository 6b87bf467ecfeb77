// A map of many points: drawn, colored, zoomed, hovered and lassoed in the browser.
import { colorTable } from "../shared/color_maps.js";
import { buildGrid, extentOf, insideLasso, nearestPoint, project, stepFrom, zoomedAt } from "./cloud_geometry.js";
import { drawMarker, shadeColor, spriteMaker } from "./cloud_markers.js";
import { drawOver, drawPoints } from "./cloud_painting.js";
import { element } from "../canvas/picture_toolbar.js";
import { icon } from "../shared/icons.js";
import { buildMenu, fillsScreen, roomOnScreen, stackCanvases } from "../shared/picture_menu.js";
import { svgOf } from "../shared/svg_context.js";
import { askForState } from "../shared/page/ask.js";
import { revive } from "../shared/page/revive.js";
import { N_, _, useWords } from "../shared/words.js";

const KEYS = N_(
  "Keys: arrows go to the next point, Enter selects it or lets it go, A selects all of its class, Escape selects nothing, " +
  "+ and − zoom, 0 shows the whole map. Mouse: drag a line around points to select them (Shift: add to the selection), " +
  "Ctrl+wheel zooms, Ctrl+drag or the hand moves the map.",
);
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function render({ model, el }) {
  useWords(model);
  const canvas = element("canvas", { class: "lw-pixels", role: "img", "data-drawn": "0" });
  const overlay = element("canvas", { class: "lw-overlay", "aria-hidden": "true", "data-drawn": "0" });
  const stage = element("div", { class: "lw-stage lw-cloud-stage", tabindex: "0", role: "group", "aria-description": _(KEYS) }, canvas, overlay);
  const readout = element("div", { class: "lw-readout", "aria-live": "polite" });
  const legend = element("div", { class: "lw-cloud-legend", role: "group", "aria-label": _("Classes: click to hide") });
  const scale = element("span", { class: "lw-cloud-scale" });
  const classes = [];
  legend.append(scale);
  const button = (sign, label, click, name = label) => element("button", { type: "button", title: label, "aria-label": name, on: { click } }, sign);
  const hand = button(_("move"), _("Move the map by dragging, instead of drawing a lasso"), () => setHand(!moving), _("move"));
  hand.setAttribute("aria-pressed", "false");
  const buttons = element("div", { class: "lw-buttons" },
    hand,
    button("−", _("Zoom out (−)"), () => zoom(1 / 1.5)),
    button("+", _("Zoom in (+)"), () => zoom(1.5)),
    button(icon("whole"), _("Show the whole map (0)"), () => resetView()),
    button(icon("nothing"), _("Select nothing (Escape)"), () => select([])),
  );
  const title = element("div", { class: "lw-title" });
  const root = element("div", { class: "lw-picture lw-cloud", "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "lw-head" }, title, buttons), stage, readout, legend);
  const menu = buildMenu(model, {
    title: () => model.get("title") || model.get("description"), whole: root,
    canvas: () => stackCanvases(paper(), canvas, overlay),
    svg: () => svgOf(frame, paper(), (context) => {
      drawPoints(context, scene(), (marker, color, size, x, y) => (context.save(), context.translate(x, y), drawMarker(context, marker, color, size), context.restore()));
      drawOver(context, scene());
    }),
  });
  buttons.append(menu.node);
  el.classList.add("lw-picture-host");
  el.append(root);

  // ---------------------------------------------------------------- state
  const none = new Float32Array(0);
  const data = { points: none, classes: new Uint8Array(0), shades: none, ringed: new Uint8Array(0), placed: none, flags: new Uint8Array(0), path: none };
  let [screen, placedScreen] = [none, none];
  let grid = null;
  let view = null; // null: the whole map
  let [selected, marked] = [new Set(), new Set()]; // the second of placed points
  let [hovered, moving, lasso] = [-1, false, null];
  const frame = { width: 0, height: 0, density: 1 };
  let sprite = spriteMaker(1);

  const count = () => data.points.length / 2;
  const hiddenClasses = () => new Set(model.get("hidden"));
  let gone = hiddenClasses();
  const hidden = (n) => gone.has(data.classes[n]);
  const radius = () => (count() > 5000 ? 2.4 : count() > 2000 ? 3.2 : 4.5);
  const whole = () => extentOf(data.placed.length ? Float32Array.from([...data.points, ...data.placed]) : data.points);

  // ---------------------------------------------------------------- painting
  const stale = new Set();
  let ticket = 0;
  function invalidate(...parts) {
    for (const part of parts) stale.add(part);
    if (!ticket) ticket = requestAnimationFrame(paint);
  }
  const counted = (target) => target.setAttribute("data-drawn", Number(target.dataset.drawn) + 1);

  function contextOf(target) {
    const context = target.getContext("2d");
    context.setTransform(frame.density, 0, 0, frame.density, 0, 0);
    context.clearRect(0, 0, frame.width, frame.height);
    return context;
  }

  function layOut() {
    const width = stage.clientWidth;
    const height = Math.min(width, fillsScreen(root) ? roomOnScreen().height : model.get("display_height"));
    stage.style.height = `${height}px`;
    const density = window.devicePixelRatio || 1;
    if (density !== frame.density) sprite = spriteMaker(density);
    Object.assign(frame, { width, height, density });
    for (const target of [canvas, overlay]) {
      target.width = Math.round(width * density);
      target.height = Math.round(height * density);
    }
  }

  function paint() {
    ticket = 0;
    if (stale.has("words")) writeWords();
    if (stale.has("frame")) layOut();
    if (frame.width > 0 && (stale.has("points") || stale.has("frame"))) paintPoints();
    if (frame.width > 0) paintOverlay();
    stale.clear();
  }

  function paintPoints() {
    screen = project(data.points, view ?? whole(), frame);
    placedScreen = project(data.placed, view ?? whole(), frame);
    grid = null;
    const context = contextOf(canvas);
    drawPoints(context, scene(), (marker, color, size, x, y) => {
      const drawing = sprite(marker, color, size);
      const half = drawing.width / 2 / frame.density; // a whole pixel of the screen for each of the marker's
      context.drawImage(drawing, x - half, y - half, 2 * half, (2 * half * drawing.height) / drawing.width);
    });
    counted(canvas);
  }

  const paper = () => getComputedStyle(stage).backgroundColor;
  function scene() {
    const style = getComputedStyle(root);
    const path = project(data.path, view ?? whole(), frame);
    return {
      data, screen, placed: placedScreen, path, hidden, radius: radius(), selected, marked, hovered, lasso,
      colors: model.get("class_colors"), markers: model.get("class_markers"), font: style.fontFamily,
      ink: style.getPropertyValue("--lw-text") || "#212121",
      accent: style.getPropertyValue("--lw-accent"), ground: style.getPropertyValue("--lw-ground"),
    };
  }

  function paintOverlay() {
    drawOver(contextOf(overlay), scene());
    counted(overlay);
  }

  // ---------------------------------------------------------------- words
  function writeWords() {
    title.textContent = model.get("title");
    title.hidden = !title.textContent;
    canvas.setAttribute("aria-label", model.get("description") || _("map"));
    stage.setAttribute("aria-label", model.get("title") || _("map"));
    gone = hiddenClasses();
    const names = model.get("class_names");
    const totals = new Array(names.length).fill(0);
    for (const kind of data.classes) totals[kind] += 1;
    names.forEach((name, kind) => writeClass(kind, name, totals[kind]));
    scale.replaceChildren();
    if (model.get("value_name")) {
      const stops = Array.from({ length: 9 }, (nothing, i) => rgbAt(i / 8)).join(",");
      const [low, high] = model.get("value_range");
      scale.append(`${model.get("value_name")}: ${brief(low)} `,
        element("span", { class: "lw-cloud-bar", style: `background:linear-gradient(to right,${stops})` }), ` ${brief(high)}`);
    }
    writeReadout();
  }

  // one button a class, made once: a button that is made anew would lose the keyboard's focus when it is pressed
  function writeClass(kind, name, total) {
    classes[kind] ??= element("button", { type: "button", title: _("Show or hide this class"), on: { click: () => toggleClass(kind) } });
    const style = `color:${model.get("class_colors")[kind]}`;
    const glyph = element("span", { class: "lw-cloud-glyph", style, "aria-hidden": "true" }, model.get("class_glyphs")[kind]);
    classes[kind].replaceChildren(glyph, ` ${name} `, element("span", { class: "lw-cloud-count" }, String(total)));
    classes[kind].setAttribute("aria-pressed", String(!gone.has(kind)));
    if (!classes[kind].isConnected) scale.before(classes[kind]);
  }
  const rgbAt = (fraction) => shadeColor(colorTable("viridis"), fraction);
  const brief = (value) => Number(value.toPrecision(3)).toString();

  function writeReadout() {
    const label = hovered >= 0 ? _("point {number}, {kind}", { number: hovered, kind: model.get("class_names")[data.classes[hovered]] ?? "" }) : "";
    const chosen = selected.size ? _("selected: {count}", { count: selected.size }) : "";
    readout.textContent = [label, chosen].filter(Boolean).join(" · ") || _("drag a line around points to select them");
  }

  // ---------------------------------------------------------------- what the user does
  function toggleClass(kind) {
    const now = hiddenClasses();
    if (!now.delete(kind)) now.add(kind);
    model.set("hidden", [...now].sort((a, b) => a - b));
    model.save_changes();
  }
  function setHand(on) {
    moving = on;
    hand.setAttribute("aria-pressed", String(on));
    stage.classList.toggle("lw-zoomed", on);
  }
  function zoom(factor, place = { x: frame.width / 2, y: frame.height / 2 }) {
    view = zoomedAt(view ?? whole(), factor, place, frame);
    invalidate("points");
  }
  function resetView() {
    view = null;
    invalidate("points");
  }
  function select(numbers) {
    selected = new Set(numbers);
    model.send({ selected: selected.size }, undefined, [Uint32Array.from(selected).buffer]);
    invalidate();
    writeReadout();
  }
  function mark(numbers) {
    marked = new Set(numbers);
    model.send({ marked: marked.size }, undefined, [Uint32Array.from(marked).buffer]);
  }
  let waiting = 0;
  function hover(n) {
    if (n === hovered) return;
    hovered = n;
    invalidate();
    writeReadout();
    // the kernel is told where the mouse rests, not each point that it passes
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      model.set("hovered", hovered);
      model.save_changes();
    }, 40);
  }
  const placeOf = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const near = (place) => nearestPoint((grid ??= buildGrid(screen, hidden)), screen, place);

  let held = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || !count()) return;
    stage.setPointerCapture(event.pointerId);
    held = { place: placeOf(event), pan: moving || event.ctrlKey || event.metaKey, add: event.shiftKey };
    lasso = held.pan ? null : [held.place];
  });
  stage.addEventListener("pointermove", (event) => {
    const place = placeOf(event);
    if (held?.pan) {
      const now = view ?? whole();
      const scale = now.size / Math.min(frame.width, frame.height);
      view = { ...now, x: now.x - (place.x - held.place.x) * scale, y: now.y + (place.y - held.place.y) * scale };
      held.place = place;
      invalidate("points");
    } else if (held) {
      lasso.push(place);
      invalidate();
    } else hover(near(place));
  });
  function release(event) {
    if (!held) return;
    const { add, pan } = held;
    const line = lasso;
    held = lasso = null;
    if (pan || event.type === "pointercancel") return;
    const long = line.some((place) => Math.hypot(place.x - line[0].x, place.y - line[0].y) > 5);
    const found = long ? insideLasso(screen, hidden, line) : [near(line[0])].filter((n) => n >= 0);
    const kept = add ? selected : new Set();
    if (!long && add && kept.has(found[0])) kept.delete(found.pop());
    if (long && data.placed.length) mark(insideLasso(placedScreen, () => false, line));
    select([...kept, ...found]);
  }
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("dblclick", resetView);
  stage.addEventListener("wheel", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return; // a plain wheel scrolls the notebook
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.002), placeOf(event));
  }, { passive: false });
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !count()) return;
    const arrow = ARROWS[event.key];
    if (arrow) hover(hovered < 0 ? near0() : stepFrom(screen, hidden, hovered, ...arrow));
    else if (event.key === "Enter" && hovered >= 0) {
      const now = new Set(selected);
      if (!now.delete(hovered)) now.add(hovered);
      select([...now]);
    } else if (event.key.toLowerCase() === "a" && hovered >= 0) {
      select(Array.from({ length: count() }, (nothing, n) => n).filter((n) => data.classes[n] === data.classes[hovered]));
    } else if (event.key === "Escape") select([]);
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-" || event.key === "_") zoom(1 / 1.25);
    else if (event.key === "0" || event.key === "Home") resetView();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  function near0() {
    for (let n = 0; n < count(); n++) if (!hidden(n)) return n;
    return -1;
  }

  // ---------------------------------------------------------------- what comes from Python
  const floats = (buffer) => new Float32Array(new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength).slice().buffer);
  const bytes = (buffer) => new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength).slice();
  const whole32 = (buffer) => new Uint32Array(bytes(buffer).buffer);
  // who asked the system for less motion sees a map that forms when it rests, not every step on its way
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let resting = 0;
  function receive(message, buffers) {
    if (message.part === "points" && calm.matches && buffers[0].byteLength === data.points.byteLength) {
      clearTimeout(resting);
      resting = setTimeout(() => ((data.points = floats(buffers[0])), invalidate("points", "words")), 500);
      return;
    }
    if (message.part === "points") data.points = floats(buffers[0]);
    else if (message.part === "classes") [data.classes, data.ringed] = [bytes(buffers[0]), bytes(buffers[1])];
    else if (message.part === "shades") data.shades = floats(buffers[0]);
    else if (message.part === "placed") {
      [data.placed, data.flags] = [floats(buffers[0]), bytes(buffers[1])];
      marked = new Set();
    } else if (message.part === "path") data.path = floats(buffers[0]);
    else if (message.part === "selected") selected = new Set(whole32(buffers[0]));
    else if (message.part === "marked") marked = new Set(whole32(buffers[0]));
    if (message.part === "points" && hovered >= count()) hovered = -1;
    invalidate("points", "words");
  }
  model.on("msg:custom", receive);
  const words = () => invalidate("points", "words");
  const traits = ["hidden", "class_names", "class_colors", "class_markers", "title", "description", "value_name", "value_range"];
  for (const name of traits) model.on(`change:${name}`, words);
  const watch = new ResizeObserver(() => invalidate("frame"));
  watch.observe(stage);
  const themes = new MutationObserver(() => invalidate("points"));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  invalidate("frame", "points", "words");
  askForState(model, "all");
  return () => {
    watch.disconnect();
    themes.disconnect();
    model.off("msg:custom", receive);
    for (const name of traits) model.off(`change:${name}`, words);
    cancelAnimationFrame(ticket);
    clearTimeout(resting);
  };
}

export default { initialize: revive, render };

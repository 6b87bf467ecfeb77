// A movie with what was found in it: played, scrubbed and read out in the browser, without the kernel.
import { cellAt } from "./chart_geometry.js";
import { buildChart } from "./movie_chart.js";
import { movieClock } from "./movie_clock.js";
import { framePainter, paintCells } from "./movie_painting.js";
import { keepMovie, storeOf } from "./movie_store.js";
import { drawBoxes, drawScaleBar } from "../canvas/picture_drawing.js";
import { fitView, isWhole, panView, toPicture, wholeView, zoomView } from "../canvas/picture_geometry.js";
import { listen } from "../canvas/picture_gestures.js";
import { buildToolbar, element } from "../canvas/picture_toolbar.js";
import { icon } from "../shared/icons.js";
import { buildMenu, fillsScreen, roomOnScreen, stackCanvases } from "../shared/picture_menu.js";
import { askForState } from "../shared/page/ask.js";
import { N_, _, useWords } from "../shared/words.js";

const MOVIE_KEYS = N_(
  "Keys: space plays and stops, left and right go to the frame before and after, Home and End to the first and the last, " +
  "Enter opens the window in the middle, Shift with arrows moves it, Escape closes it, + and − zoom, Alt with arrows moves the " +
  "picture when zoomed, 0 shows all of it. Mouse: click to open a window, Ctrl+wheel zooms, drag moves.",
);
const SPEEDS = [2, 5, 10, 20, 30, 60];
const STEPS_OF_KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function renderMovie({ model, el }) {
  useWords(model);
  const picture = element("canvas", { class: "lw-pixels", role: "img", "data-drawn": "0", "data-frame": "-1" });
  const overlay = element("canvas", { class: "lw-overlay", "aria-hidden": "true", "data-drawn": "0" });
  const stage = element("div", { class: "lw-stage lw-movie-stage", tabindex: "0", role: "group", "aria-label": _("Movie"), "aria-description": _(MOVIE_KEYS) }, picture, overlay);
  const waits = element("div", { class: "lw-movie-waits", role: "status" });
  stage.append(waits);
  const button = (sign, label, click, name = label) => element("button", { type: "button", title: label, "aria-label": name, on: { click } }, sign);
  const play = button(icon("play"), _("Play (space)"), () => setPlaying(!model.get("playing")));
  play.classList.add("lw-play");
  const slider = element("input", { type: "range", min: 0, max: 0, value: 0, step: 1, class: "lw-scrub", "aria-label": _("Frame"), on: { input: () => goTo(Number(slider.value)) } });
  const when = element("span", { class: "lw-when", "aria-live": "off" });
  const speed = element("select", { title: _("Frames in a second"), on: { change: () => set({ speed: Number(speed.value) }) } });
  for (const value of SPEEDS) speed.append(element("option", { value }, _("{number} fps", { number: value })));
  const loop = check("loop", _("Begin again at the end"), _("loop"));
  const holes = check("show_holes", _("Outlines of the holes by threshold"), _("holes"));
  const shown = element("select", { title: _("What is laid over the movie"), on: { change: () => set({ overlay: shown.value }) } });
  const opacity = element("input", { type: "range", min: 0, max: 1, step: 0.05, title: _("How strong the overlay is"), on: { input: () => set({ opacity: Number(opacity.value) }) } });
  const player = element("div", { class: "lw-player" },
    button(icon("first"), _("First frame (Home)"), () => goTo(0)), button(icon("previous"), _("One frame back (left)"), () => goTo(frame() - 1)), play,
    button(icon("next"), _("One frame on (right)"), () => goTo(frame() + 1)), slider, when);
  const options = element("div", { class: "lw-player lw-movie-options" }, label(_("overlay"), shown), label(_("strength"), opacity), holes.node, label(_("speed"), speed), loop.node);
  const legend = element("div", { class: "lw-movie-legend" });
  const title = element("div", { class: "lw-title" });
  const note = element("div", { class: "lw-readout" });

  const { store, hears } = storeOf(model);
  const { data } = store;
  const chart = buildChart(model, data, { frame: () => frame(), goTo: (n) => goTo(n), setSpan: (span) => set({ span }), key: (event) => key(event) });
  const root = element("div", { class: "lw-picture lw-movie", "data-lm-suppress-shortcuts": "true" });
  const ground = () => getComputedStyle(root).getPropertyValue("--lw-ground");
  const name = () => model.get("title").split(":")[0] || _("movie");
  const menu = buildMenu(model, { title: () => `${name()} ${local}`, canvas: () => stackCanvases(ground(), picture, overlay), whole: root, values: false });
  const chartMenu = buildMenu(model, {
    title: () => [name(), _("fractions")].join(" "), canvas: () => stackCanvases(ground(), chart.canvas), svg: chart.svg, whole: root,
  });
  const painter = framePainter(model);
  const tools = buildToolbar(model, () => painter.limits(store.frames[local]), () => painter.distribution(store.frames[local]));
  tools.row.hidden = true;
  const unfold = button(icon("contrast"), _("Color map, contrast, gamma, log: how the picture is shown"), () => {
    tools.row.hidden = !tools.row.hidden;
    unfold.setAttribute("aria-expanded", String(!tools.row.hidden));
    tools.refresh();
  }, _("Display"));
  unfold.setAttribute("aria-expanded", "false");
  const buttons = element("div", { class: "lw-buttons" },
    button("−", _("Zoom out (−)"), () => zoom(1 / 1.5)), button("+", _("Zoom in (+)"), () => zoom(1.5)),
    button(icon("whole"), _("Show the whole picture (0)"), () => setView(null)), unfold, menu.node);
  root.append(
    element("div", { class: "lw-movie-left" }, element("div", { class: "lw-head" }, title, buttons), stage, player, options, tools.row, note),
    element("div", { class: "lw-movie-right" }, chart.node, element("div", { class: "lw-head lw-movie-foot" }, legend, element("div", { class: "lw-buttons" }, chartMenu.node))),
  );
  el.classList.add("lw-picture-host");
  el.append(root);

  function label(text, input) {
    return element("label", {}, element("span", {}, text), input);
  }
  function check(name, title, text) {
    const input = element("input", { type: "checkbox", on: { change: () => set({ [name]: input.checked }) } });
    return { input, node: element("label", { title }, input, element("span", {}, text)) };
  }

  // ---------------------------------------------------------------- state
  const size = { width: 0, height: 0, density: 1 };
  let probe = null;
  const full = () => [model.get("full_rows"), model.get("full_cols")];
  function viewNow() {
    const [row, col, height, width] = model.get("view");
    return height > 0 ? fitView({ row, col, height, width }, ...full()) : wholeView(...full());
  }
  function setView(view) {
    model.set("view", !view || isWhole(view, ...full()) ? [] : [view.row, view.col, view.height, view.width]);
    save();
  }
  function zoom(factor, row, col) {
    const view = viewNow();
    if (count()) setView(zoomView(view, factor, row ?? view.row + view.height / 2, col ?? view.col + view.width / 2, ...full()));
  }
  const pan = (dRow, dCol) => setView(panView(viewNow(), dRow, dCol, ...full()));
  let movie = store.number; // the one that is shown
  let local = 0; // the frame that is shown: the model follows, at most ten times a second while it plays
  const frame = () => local;
  const count = () => model.get("count");

  let saving = 0;
  function save() {
    saving ||= setTimeout(() => ((saving = 0), model.save_changes()), 100);
  }
  function set(changes) {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  }
  function goTo(number) {
    const wanted = Math.min(Math.max(number, 0), Math.max(count() - 1, 0));
    if (wanted === local) return;
    local = wanted;
    model.set("frame", wanted);
    save();
    invalidate("frame");
  }
  function setPlaying(on) {
    byHand = on;
    if (on && local >= count() - 1) goTo(0);
    set({ playing: on });
  }

  // ---------------------------------------------------------------- painting
  const stale = new Set();
  let ticket = 0;
  function invalidate(...parts) {
    for (const part of parts) stale.add(part);
    if (!ticket) ticket = requestAnimationFrame(paint);
  }
  const counted = (target) => target.setAttribute("data-drawn", Number(target.dataset.drawn) + 1);

  function paint() {
    ticket = 0;
    if (stale.has("words")) writeWords();
    if (stale.has("size")) layOut();
    if (size.width > 0) {
      paintPicture();
      paintOverlay();
    }
    writeTime();
    if (stale.has("size")) chart.resize();
    chart.paint();
    stale.clear();
  }

  function layOut() {
    const [rows, cols] = [model.get("rows"), model.get("cols")];
    if (!rows || !cols) return;
    const limit = fillsScreen(root) ? Math.min(0.55 * roomOnScreen().width, ((roomOnScreen().height - 60) * cols) / rows) : model.get("display_width");
    const width = Math.min(stage.parentElement.clientWidth, limit);
    Object.assign(size, { width, height: (width * rows) / cols, density: window.devicePixelRatio || 1 });
    stage.style.width = `${size.width}px`;
    stage.style.height = `${size.height}px`;
    for (const canvas of [picture, overlay]) {
      canvas.width = Math.round(size.width * size.density);
      canvas.height = Math.round(size.height * size.density);
    }
  }

  function paintPicture() {
    const context = picture.getContext("2d");
    context.setTransform(size.density, 0, 0, size.density, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    const pixels = store.frames[local];
    stage.classList.toggle("lw-zoomed", count() > 0 && !isWhole(viewNow(), ...full()));
    // another movie's size may be here before its frames
    if (!pixels || pixels.length !== model.get("rows") * model.get("cols")) return;
    const view = viewNow();
    const [down, right] = [model.get("rows") / full()[0], model.get("cols") / full()[1]];
    const drawn = { row: view.row * down, col: view.col * right, height: view.height * down, width: view.width * right };
    painter.paint(context, pixels, model.get("show_holes") ? store.outlines[local] : null, drawn, size);
    picture.setAttribute("data-frame", local);
    counted(picture);
  }

  function paintOverlay() {
    const context = overlay.getContext("2d");
    context.setTransform(size.density, 0, 0, size.density, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    const mode = model.get("overlay");
    const found = store.overlays[local];
    const view = viewNow();
    if (found && mode !== "none") paintCells(context, model, found, store.edges, view, size);
    const chosen = model.get("window");
    const side = model.get("window_size");
    if (chosen.length === 2 && store.edges.rows.length) {
      const [row, col] = [store.edges.rowStarts[chosen[0]], store.edges.colStarts[chosen[1]]];
      context.font = `12px ${getComputedStyle(stage).fontFamily}`;
      drawBoxes(context, [{ row, col, height: side, width: side, color: "#ffd24a" }], view, size);
    }
    const pixel = model.get("pixel_size");
    context.font = `12px ${getComputedStyle(stage).fontFamily}`;
    drawScaleBar(context, { row: pixel || 1, col: pixel || 1, unit: pixel ? "nm" : "px" }, view, size);
    counted(overlay);
  }

  function timeText(number) {
    const time = data.times[number];
    return time === undefined ? "" : model.get("time_unit") === "s" ? `${Number(time.toFixed(2))} s` : _("frame {number}", { number });
  }

  function writeTime() {
    slider.max = Math.max(count() - 1, 0);
    slider.value = local;
    slider.setAttribute("aria-valuetext", timeText(local));
    const last = Math.max(count() - 1, 0);
    for (const control of player.querySelectorAll("button, input")) control.disabled = !count();
    waits.textContent = model.get("waiting") || (store.frames[local] || !count() ? "" : _("This frame is being loaded …"));
    waits.classList.toggle("lw-movie-corner", Boolean(store.frames[local]));
    stage.classList.toggle("lw-movie-none", !count());
    if (!count()) when.textContent = "";
    else when.textContent = model.get("time_unit") === "s" ? `${timeText(local)} · ${local} / ${last}` : _("frame {number} / {last}", { number: local, last });
  }

  function writeWords() {
    title.textContent = model.get("title");
    title.hidden = !model.get("title");
    picture.setAttribute("aria-label", model.get("description") || _("movie"));
    note.textContent = model.get("note");
    note.hidden = !model.get("note");
    const names = model.get("class_words");
    const overlayNames = model.get("class_names");
    const glyphs = model.get("class_glyphs");
    const choices = [["none", _("nothing")], ["classes", _("all classes")], ...overlayNames.map((name, k) => [name, `${glyphs[k]} ${names[k]}`]), ["entropy", _("uncertainty")]];
    shown.replaceChildren(...choices.map(([value, text]) => element("option", { value }, text)));
    shown.value = model.get("overlay");
    opacity.value = model.get("opacity");
    speed.value = model.get("speed");
    loop.input.checked = model.get("loop");
    holes.input.checked = model.get("show_holes");
    const on = model.get("playing");
    play.replaceChildren(icon(on ? "pause" : "play"));
    play.title = on ? _("Stop (space)") : _("Play (space)");
    play.setAttribute("aria-label", play.title);
    menu.refresh();
    chartMenu.refresh();
    tools.refresh();
    writeLegend(names, glyphs);
  }

  function writeLegend(names, glyphs) {
    const colors = model.get("class_colors");
    const entry = (mark, color, text) => element("span", { class: "lw-movie-entry" }, element("span", { style: `color:${color}` }, mark), ` ${text}`);
    const seen = names.map((name, k) => [glyphs[k], colors[k], k === names.length - 1 ? _("{noise} (no lattice)", { noise: name }) : name]).filter((entry, k) => k === names.length - 1 || !data.fractions || data.fractions.some((value, n) => n % names.length === k && value >= 0.02));
    const entries = data.fractions ? seen.map((words) => entry(...words)) : [];
    if (data.holes) entries.push(entry("●", "currentColor", _("holes by threshold")));
    if (data.fit) entries.push(entry("╌", "currentColor", data.fit.label));
    if (data.truth) entries.push(entry("━", "#56B4E9", _("truth")));
    legend.replaceChildren(...entries);
  }

  // ---------------------------------------------------------------- playing
  const clock = movieClock(model, {
    frame, goTo, count, stop: () => set({ playing: false }), lives: () => root.isConnected,
  });
  // who asked the system for less motion starts a movie by hand only: no script does it for them
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let byHand = false;
  function playingChanged() {
    if (model.get("playing") && calm.matches && !byHand) return void setTimeout(() => set({ playing: false })); // not within the change itself
    byHand &&= model.get("playing");
    invalidate("words");
    clock.start();
  }

  // ---------------------------------------------------------------- gestures
  function choose(row, col) {
    if (store.edges.rows.length < 2) return;
    const clamp = (n, list) => Math.min(Math.max(n, 0), list.length - 2);
    set({ window: [clamp(row, store.edges.rows), clamp(col, store.edges.cols)] });
  }
  const placeOf = (event) => {
    const box = stage.getBoundingClientRect();
    return toPicture(event.clientX - box.left, event.clientY - box.top, viewNow(), size);
  };
  listen(stage, {
    frame: size, placeOf, zoom, pan, keys: false, shown: viewNow, reset: () => setView(null), probe: () => probe,
    ready: () => count() > 0 && size.width > 0,
    zoomed: () => !isWhole(viewNow(), ...full()),
    point: (place) => (probe = place),
    pick: (row, col) => store.edges.rows.length && choose(cellAt(store.edges.rows, row - 0.5), cellAt(store.edges.cols, col - 0.5)),
  });
  function key(event) {
    if (event.key === " ") setPlaying(!model.get("playing"));
    else if (event.key === "ArrowLeft") goTo(local - 1);
    else if (event.key === "ArrowRight") goTo(local + 1);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(count() - 1);
    else return false;
    return true;
  }
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const step = STEPS_OF_KEYS[event.key];
    const chosen = model.get("window");
    const middle = [Math.floor((store.edges.rows.length - 1) / 2), Math.floor((store.edges.cols.length - 1) / 2)];
    if (event.altKey && step) pan((step[0] * viewNow().height) / 10, (step[1] * viewNow().width) / 10);
    else if (event.altKey) return;
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-" || event.key === "_") zoom(1 / 1.25);
    else if (event.key === "0") setView(null);
    else if (event.shiftKey && step) choose(...(chosen.length ? [chosen[0] + step[0], chosen[1] + step[1]] : middle));
    else if (event.key === "Enter") choose(...(chosen.length ? chosen : middle));
    else if (event.key === "Escape") set({ window: [] });
    else if (!key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  // ---------------------------------------------------------------- what comes from Python
  function countFrames() {
    root.setAttribute("data-frames", store.frames.filter(Boolean).length);
    root.setAttribute("data-overlays", store.overlays.filter(Boolean).length);
  }
  function receive(message, buffers) {
    if (!hears) store.receive(message, buffers);
    countFrames();
    if (store.number !== movie) local = Math.min(model.get("frame"), Math.max(count() - 1, 0));
    movie = store.number;
    invalidate("words", message.part === "times" ? "size" : "frame");
  }
  const watched = [["msg:custom", receive]];
  const when_ = (names, act) => names.forEach((name) => watched.push([`change:${name}`, act]));
  when_(["frame"], () => {
    // what was set here comes back late while it plays: the picture must not jump back
    if (!saving && !model.get("playing")) local = Math.min(model.get("frame"), Math.max(count() - 1, 0));
    invalidate("frame");
  });
  when_(["playing"], playingChanged);
  when_(["view", "waiting"], () => invalidate("frame"));
  when_(["color_map", "low", "high", "contrast_cut", "gamma", "log", "smooth", "has_table"], () => invalidate("words"));
  when_(["overlay", "opacity", "show_holes", "speed", "loop", "title", "note", "description", "time_unit"], () => invalidate("words"));
  when_(["window", "span", "pixel_size", "window_size"], () => invalidate("frame"));
  when_(["rows", "cols", "count", "display_width", "chart_height"], () => invalidate("size", "words"));
  for (const [event, act] of watched) model.on(event, act);
  const resized = new ResizeObserver(() => invalidate("size"));
  resized.observe(root);
  const themes = new MutationObserver(() => invalidate("frame"));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  local = model.get("frame");
  countFrames();
  invalidate("words", "size", "frame");
  playingChanged();
  askForState(model, "all", { number: store.number });
  return () => {
    cancelAnimationFrame(ticket);
    clock.end();
    clearTimeout(saving);
    resized.disconnect();
    themes.disconnect();
    for (const [event, act] of watched) model.off(event, act);
  };
}

export default { initialize: keepMovie, render: renderMovie };

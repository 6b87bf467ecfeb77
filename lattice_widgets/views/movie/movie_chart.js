// Phase fractions against time, drawn on a canvas: points, error bands, a fit, a span, and a cursor that follows the movie.
import { largest, linearScale, nearestIndex, roundTicks } from "./chart_geometry.js";
import { element } from "../canvas/picture_toolbar.js";
import { svgOf } from "../shared/svg_context.js";
import { N_, _, trueMinus } from "../shared/words.js";

const CHART_KEYS = N_(
  "Keys: left and right go to the frame before and after, Home and End to the first and the last, [ and ] set the beginning " +
  "and the end of the span of the fit at the present frame, Escape clears it. Mouse: click a point to go to its frame, drag " +
  "to choose a span, double click to clear it.",
);
const MARGIN = { left: 46, right: 10, top: 8, gap: 16, bottom: 36 };

/**
 * Build the chart.
 * @param model the widget's model
 * @param data  {times, fractions, errors, holes, truth, fit}: Float64Array or null; fractions and errors (frames x classes)
 * @param act   {frame(), goTo(number), setSpan(list)}
 * @returns {node, paint, resize, canvas, svg}
 */
export function buildChart(model, data, act) {
  const canvas = element("canvas", { class: "lw-chart-canvas", role: "img", "data-drawn": "0" });
  const node = element("div", { class: "lw-chart", tabindex: "0", role: "group", "aria-label": _("Phase fractions against time"), "aria-description": _(CHART_KEYS), title: "" }, canvas);
  const frame = { width: 0, height: 0, density: 1 };
  let scales = null;
  let drag = null;
  const noise = () => model.get("class_names").length - 1;

  function resize() {
    const [width, height] = [node.clientWidth, model.get("chart_height")];
    const density = window.devicePixelRatio || 1;
    Object.assign(frame, { width, height, density });
    node.style.height = `${height}px`;
    [canvas.width, canvas.height] = [Math.round(width * density), Math.round(height * density)];
  }

  function column(list, k) {
    const classes = model.get("class_names").length;
    const out = new Float64Array(data.times.length);
    for (let n = 0; n < out.length; n++) out[n] = list[n * classes + k];
    return out;
  }

  function layOut() {
    const room = frame.height - MARGIN.top - MARGIN.gap - MARGIN.bottom;
    const split = MARGIN.top + 0.42 * room;
    const { times, fit } = data;
    const [first, last] = [times[0] ?? 0, times[times.length - 1] ?? 1];
    const top = data.fractions ? largest([column(data.fractions, noise()), data.holes ?? [], fit?.curve ?? [], data.truth ?? []], 0) : 0;
    scales = {
      x: linearScale(first, last > first ? last : first + 1, MARGIN.left, frame.width - MARGIN.right),
      upper: linearScale(0, 1, split, MARGIN.top),
      lower: linearScale(0, Math.max(1.1 * top, 0.02), frame.height - MARGIN.bottom, split + MARGIN.gap),
    };
  }

  function paint() {
    if (!(frame.width > 0)) return;
    layOut();
    const context = canvas.getContext("2d");
    context.setTransform(frame.density, 0, 0, frame.density, 0, 0);
    context.clearRect(0, 0, frame.width, frame.height);
    draw(context);
    canvas.setAttribute("data-drawn", Number(canvas.dataset.drawn) + 1);
    canvas.setAttribute("aria-label", describe());
  }

  function draw(context) {
    const style = getComputedStyle(node);
    const [ink, muted, line, accent] = ["text", "muted", "line", "accent"].map((name) => style.getPropertyValue(`--lw-${name}`));
    context.font = `11px ${style.fontFamily}`;
    paintSpan(context, accent);
    paintAxes(context, { ink, muted, line });
    if (data.fractions) paintSeries(context, ink);
    paintCursor(context, accent);
  }

  function paintAxes(context, { muted, line }) {
    const { x, upper, lower } = scales;
    context.fillStyle = muted;
    context.strokeStyle = line;
    context.lineWidth = 1;
    for (const [scale, name, count] of [[upper, _("phases"), 2], [lower, _("holes"), 3]]) {
      context.textAlign = "right";
      context.textBaseline = "middle";
      for (const tick of roundTicks(scale.low, scale.high, count)) {
        const y = Math.round(scale.to(tick)) + 0.5;
        context.globalAlpha = 0.5;
        stroke(context, [[MARGIN.left, y], [frame.width - MARGIN.right, y]]);
        context.globalAlpha = 1;
        context.fillText(trueMinus(tick), MARGIN.left - 5, y);
      }
      context.save();
      context.translate(10, (scale.to(scale.low) + scale.to(scale.high)) / 2);
      context.rotate(-Math.PI / 2);
      context.textAlign = "center";
      context.fillText(name, 0, 0);
      context.restore();
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    const bottom = frame.height - MARGIN.bottom;
    for (const tick of roundTicks(x.low, x.high, Math.max(2, frame.width / 80))) {
      stroke(context, [[x.to(tick), bottom], [x.to(tick), bottom + 4]]);
      context.fillText(trueMinus(tick), x.to(tick), bottom + 6);
    }
    context.fillText(model.get("time_unit") === "s" ? _("time [s]") : _("frame"), (MARGIN.left + frame.width - MARGIN.right) / 2, bottom + 20);
  }

  function paintSeries(context, ink) {
    const { times, fractions, errors, holes, truth, fit } = data;
    const { x, upper, lower } = scales;
    model.get("class_colors").forEach((color, k) => {
      const values = column(fractions, k);
      if (k !== noise() && largest([values], 0) < 0.02) return;
      const scale = k === noise() ? lower : upper;
      if (errors) band(context, times, values, column(errors, k), scale, color);
      curve(context, times, values, scale, color, 1.5);
      dots(context, times, values, scale, color, 1.8);
      signs(context, times, values, scale, color, model.get("class_glyphs")[k]);
    });
    if (truth) curve(context, times, truth, lower, "#56B4E9", 3);
    if (holes) dots(context, times, holes, lower, ink, 2.2);
    if (fit) {
      band(context, fit.times, fit.curve, fit.band, lower, ink);
      context.setLineDash([6, 4]);
      curve(context, fit.times, fit.curve, lower, ink, 1.8);
      context.setLineDash([]);
    }
    void x;
  }

  function stroke(context, places) {
    context.beginPath();
    for (const [px, py] of places) context.lineTo(px, py);
    context.stroke();
  }

  function curve(context, times, values, scale, color, width) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    let pen = false;
    for (let n = 0; n < times.length; n++) {
      pen = Number.isFinite(values[n]) && (pen ? context.lineTo(scales.x.to(times[n]), scale.to(values[n])) : context.moveTo(scales.x.to(times[n]), scale.to(values[n])), true);
    }
    context.stroke();
  }

  function dots(context, times, values, scale, color, radius) {
    context.fillStyle = color;
    for (let n = 0; n < times.length; n++) {
      if (!Number.isFinite(values[n])) continue;
      context.beginPath();
      context.arc(scales.x.to(times[n]), scale.to(values[n]), radius, 0, 2 * Math.PI);
      context.fill();
    }
  }

  // the sign of a class here and there on its curve: its color never stands alone
  function signs(context, times, values, scale, color, sign) {
    context.fillStyle = color;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `13px ${getComputedStyle(node).fontFamily}`;
    let last = -Infinity;
    for (let n = 0; n < times.length; n++) {
      const at = scales.x.to(times[n]);
      if (!Number.isFinite(values[n]) || at - last < 56) continue;
      context.fillText(sign, at, scale.to(values[n]));
      last = at;
    }
  }

  // two standard errors to either side
  function band(context, times, values, errors, scale, color) {
    const good = Array.from(times.keys()).filter((n) => Number.isFinite(values[n]) && Number.isFinite(errors[n]));
    if (good.length < 2) return;
    context.beginPath();
    for (const n of good) context.lineTo(scales.x.to(times[n]), scale.to(Math.min(values[n] + 2 * errors[n], scale.high)));
    for (const n of good.reverse()) context.lineTo(scales.x.to(times[n]), scale.to(Math.max(values[n] - 2 * errors[n], scale.low)));
    context.closePath();
    context.globalAlpha = 0.18;
    context.fillStyle = color;
    context.fill();
    context.globalAlpha = 1;
  }

  function paintSpan(context, accent) {
    const span = drag?.moved ? [drag.from, drag.to].sort((a, b) => a - b) : model.get("span");
    if (span.length !== 2) return;
    const [left, right] = span.map((t) => scales.x.to(t));
    context.fillStyle = `color-mix(in srgb, ${accent} 14%, transparent)`;
    context.fillRect(left, MARGIN.top, right - left, frame.height - MARGIN.top - MARGIN.bottom);
    context.strokeStyle = accent;
    context.lineWidth = 1;
    for (const place of [left, right]) stroke(context, [[place, MARGIN.top], [place, frame.height - MARGIN.bottom]]);
  }

  function paintCursor(context, accent) {
    const at = scales.x.to(data.times[act.frame()] ?? 0);
    context.strokeStyle = accent;
    context.lineWidth = 2;
    stroke(context, [[at, MARGIN.top], [at, frame.height - MARGIN.bottom]]);
    node.setAttribute("data-cursor", at.toFixed(1));
  }

  function describe() {
    const number = act.frame();
    const seconds = model.get("time_unit") === "s";
    const time = seconds ? `${data.times[number] ?? 0} s` : _("frame {number}", { number });
    const nothing = _("At {time}; not analyzed yet", { time });
    if (!data.fractions) return nothing;
    const said = model.get("class_words").map((name, k) => [name, data.fractions[number * (noise() + 1) + k]]);
    const parts = said.filter(([, value]) => value >= 0.005).map(([name, value]) => `${name} ${(100 * value).toFixed(1)} %`);
    if (data.holes && Number.isFinite(data.holes[number])) parts.push(_("holes {percent} %", { percent: (100 * data.holes[number]).toFixed(1) }));
    return parts.length ? _("At {time}: {fractions}", { time, fractions: parts.join(", ") }) : nothing;
  }

  // ---------------------------------------------------------------- gestures
  const timeAt = (event) => {
    const { x } = scales;
    const time = x.from(event.clientX - node.getBoundingClientRect().left);
    return Math.min(Math.max(time, x.low), x.high);
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || !scales || !data.times.length) return;
    node.setPointerCapture(event.pointerId);
    drag = { from: timeAt(event), to: timeAt(event), start: event.clientX, moved: false };
  });
  node.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.to = timeAt(event);
    drag.moved ||= Math.abs(event.clientX - drag.start) > 4;
    if (drag.moved) paint();
  });
  const release = (event) => {
    if (!drag) return;
    const { from, to, moved } = drag;
    drag = null;
    if (event.type === "pointercancel") return paint();
    if (moved) act.setSpan([Math.min(from, to), Math.max(from, to)]);
    else act.goTo(nearestIndex(data.times, to));
  };
  node.addEventListener("pointerup", release);
  node.addEventListener("pointercancel", release);
  node.addEventListener("dblclick", () => act.setSpan([]));
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = data.times[act.frame()];
    const [from, to] = model.get("span").length === 2 ? model.get("span") : [data.times[0], data.times[data.times.length - 1]];
    if (event.key === "[") act.setSpan([now, Math.max(to, now)]);
    else if (event.key === "]") act.setSpan([Math.min(from, now), now]);
    else if (event.key === "Escape") act.setSpan([]);
    else if (!act.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  const svg = () => svgOf(frame, getComputedStyle(node).getPropertyValue("--lw-ground"), draw);
  return { node, paint, resize, canvas, svg };
}

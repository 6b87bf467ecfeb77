// The fold-away row of display settings. It writes traits of the model and nothing else: settings never change data.
import { COLOR_MAPS } from "../shared/color_maps.js";
import { N_, _ } from "../shared/words.js";
import { buildHistogram } from "./picture_histogram.js";

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const COLOR_MAP_NAMES = { gray: N_("gray"), gray_r: N_("gray, inverted"), afmhot: N_("afmhot (gold)") };
const CONTRAST_CUTS = [0.1, 0.5, 1, 2, 5];

function field(label, title, input) {
  return element("label", { title }, element("span", {}, label), input);
}

/**
 * Build the row.
 * @param model     the widget's model
 * @param limits () -> {low, high}, the contrast limits that are shown now
 * @param distribution () -> {counts, tones}: how many pixels have each byte, and where it lies between dark and bright; or null
 * @returns {row, refresh}: the element, and a function that shows the model's present settings
 */
export function buildToolbar(model, limits, distribution) {
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };

  // in JupyterLab arrow keys would go to another cell, and not to the list or the slider that has the focus
  const own = { "data-lm-suppress-shortcuts": "true" };
  const colorMap = element("select", { ...own, on: { change: () => set({ color_map: colorMap.value }) } });
  for (const name of COLOR_MAPS) colorMap.append(element("option", { value: name }, _(COLOR_MAP_NAMES[name] ?? name)));

  const contrast = element("select", {
    ...own,
    on: {
      change: () => {
        if (contrast.value === "full") set({ contrast_cut: 0, low: 0, high: 1 });
        else if (contrast.value === "manual") set({ contrast_cut: 0, ...limits() });
        else set({ contrast_cut: Number(contrast.value) });
      },
    },
  });
  contrast.append(element("option", { value: "full" }, _("full range")));
  for (const cut of CONTRAST_CUTS) contrast.append(element("option", { value: String(cut) }, _("cut {percent} %", { percent: cut })));
  contrast.append(element("option", { value: "manual" }, _("by hand")));

  const range = (min, max, step, onInput) =>
    element("input", { ...own, type: "range", min, max, step, on: { input: onInput } });
  const byHand = (change) => set({ ...limits(), ...change, contrast_cut: 0 });
  const low = range(0, 1, 0.005, () => byHand({ low: Math.min(Number(low.value), limits().high - 0.005) }));
  const high = range(0, 1, 0.005, () => byHand({ high: Math.max(Number(high.value), limits().low + 0.005) }));
  low.setAttribute("aria-label", _("Low"));
  low.title = _("Value that is drawn darkest, as part of the range");
  high.setAttribute("aria-label", _("High"));
  high.title = _("Value that is drawn brightest, as part of the range");
  const levels = buildHistogram(low, high, distribution);
  // gamma is felt in ratios: the slider moves its logarithm
  const gamma = range(-1, 1, 0.05, () => set({ gamma: Number((3 ** Number(gamma.value)).toFixed(3)) }));

  const check = (trait) => {
    const box = element("input", { type: "checkbox", on: { change: () => set({ [trait]: box.checked }) } });
    return box;
  };
  const log = check("log");
  const smooth = check("smooth");
  const points = check("show_points");
  const pointsName = element("span");
  const pointsField = element("label", { title: _("Show the points that lie over the picture") }, points, pointsName);
  const cells = check("show_cells");
  const cellsField = element("label", { title: _("Show the unit cell that lies over the picture") }, cells, _("Unit cell"));
  const reset = element("button", {
    type: "button",
    title: _("All display settings back to plain: gray, full range, gamma 1, linear"),
    on: { click: () => set({ color_map: "gray", low: 0, high: 1, contrast_cut: 0, gamma: 1, log: false, smooth: false }) },
  }, _("Reset"));

  const row = element(
    "div",
    { class: "lw-toolbar", role: "group", "aria-label": _("Display settings (the data stay as they are)") },
    field(_("Colors"), _("Color map"), colorMap),
    field(_("Contrast"), _("Leave out the darkest and the brightest part of the pixels"), contrast),
    element("span", { class: "lw-levels-field", title: _("How many pixels have each value; low and high limit the contrast") },
      element("span", {}, _("Low, high")), levels.node),
    field(_("Gamma"), _("Below 1 the dark parts become brighter"), gamma),
    element("label", { title: _("Logarithmic: weak spots stand beside strong ones") }, log, _("Log")),
    element("label", { title: _("Interpolate between pixels when zoomed") }, smooth, _("Smooth")),
    pointsField,
    cellsField,
    reset,
  );

  function refresh() {
    colorMap.value = model.get("color_map");
    gamma.value = Math.log(model.get("gamma")) / Math.log(3);
    gamma.title = _("gamma {value}", { value: model.get("gamma") });
    log.checked = model.get("log");
    smooth.checked = model.get("smooth");
    points.checked = model.get("show_points");
    pointsName.textContent = model.get("points_name") || _("Points");
    pointsField.hidden = !model.get("points")?.byteLength;
    cells.checked = model.get("show_cells");
    cellsField.hidden = !model.get("cells")?.length;
    const now = limits();
    low.value = now.low;
    high.value = now.high;
    const cut = model.get("contrast_cut");
    const plain = now.low === 0 && now.high === 1;
    contrast.value = cut > 0 ? String(cut) : plain ? "full" : "manual";
    levels.draw();
  }

  return { row, refresh };
}

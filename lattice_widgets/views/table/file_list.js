// A table of files. What is not shown is not drawn: lines come as many at a time as a page holds.
import { element } from "../canvas/picture_toolbar.js";
import { revive } from "../shared/page/revive.js";
import { _, useWords } from "../shared/words.js";

const PAGE = 100;

/** The lines that are shown, in their order; what has no value to sort by comes last, whichever way. */
export function arranged(rows, { sort_by, descending, text, kind }) {
  const wanted = text.trim().toLowerCase();
  const shown = rows.filter((row) => (!kind || row.kind === kind)
    && (!wanted || [row.name, row.note, ...Object.values(row.cells)].some((cell) => String(cell ?? "").toLowerCase().includes(wanted))));
  const value = (row) => row.sort[sort_by] ?? null;
  const sign = descending ? -1 : 1;
  return shown.sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null) || (one.name < other.name ? -1 : 1);
    if (a === b) return one.name < other.name ? -1 : 1;
    return sign * (typeof a === "string" ? a.localeCompare(b) : a - b);
  });
}

function render({ model, el }) {
  useWords(model);
  const filter = element("input", { type: "search", class: "lw-files-filter", placeholder: _("filter"), "aria-label": _("Show only lines with this text") });
  const kind = element("select", { class: "lw-files-kind", "aria-label": _("Show only this lattice") });
  const count = element("span", { class: "lw-files-count", role: "status", "aria-live": "polite" });
  const head = element("tr", {});
  const body = element("tbody", {});
  const caption = element("caption", { class: "lattice-widgets-spoken" });
  const table = element("table", { class: "lw-files-table" }, caption, element("thead", {}, head), body);
  const more = element("button", { type: "button", class: "lw-files-more", on: { click: () => { limit += PAGE; draw(); } } }, _("more lines"));
  const scroll = element("div", { class: "lw-files-scroll", role: "group", tabindex: "0", "aria-label": _("Table of files") }, table, more);
  const root = element("div", { class: "lw-picture lw-files", "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "lw-files-tools" }, filter, kind, count), scroll);
  el.classList.add("lw-picture-host");
  el.append(root);

  let limit = PAGE;
  const lines = new Map(); // name -> {tr, text}
  const pictures = new Map(); // name -> object URL
  const asked = new Map(); // name -> which of its pictures was asked for

  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };

  function drawHead() {
    const titles = model.get("columns").map(({ key, label, numeric }) => {
      const sorted = model.get("sort_by") === key;
      const arrow = sorted ? (model.get("descending") ? " ▼" : " ▲") : "";
      const act = () => set(sorted ? { descending: !model.get("descending") } : { sort_by: key, descending: Boolean(numeric) });
      const button = element("button", { type: "button", "data-key": key, on: { click: act } }, label, element("span", { "aria-hidden": "true" }, arrow));
      const state = sorted ? (model.get("descending") ? "descending" : "ascending") : "none";
      return element("th", { scope: "col", "aria-sort": state, class: numeric ? "lw-files-number" : null }, button);
    });
    const held = head.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    head.replaceChildren(element("td", {}), ...titles, element("td", {}));
    if (held) head.querySelector(`[data-key="${held}"]`)?.focus({ preventScroll: true });
  }

  function drawKinds() {
    kind.replaceChildren(element("option", { value: "" }, _("all lattices")),
      ...model.get("kinds").map(([key, label]) => element("option", { value: key }, label)));
    kind.value = model.get("kind");
  }

  function lineOf(row, columns) {
    const text = JSON.stringify([row, columns.map(({ key }) => key)]);
    const old = lines.get(row.name);
    if (old?.text === text) return old.tr;
    const picture = element("img", { class: "lw-files-picture", alt: "", width: "48", height: "48", hidden: "" });
    if (pictures.has(row.name)) show(picture, row.name);
    const open = element("button", { type: "button", class: "lw-files-open", "aria-label": _("Open {name}", { name: row.name }), on: { click: () => model.send({ act: "open", name: row.name }) } }, _("open"));
    open.disabled = Boolean(row.note);
    const cells = row.note
      ? [element("th", { scope: "row" }, row.name), element("td", { class: "lw-files-note", colspan: String(columns.length - 1) }, row.note)]
      : columns.map(({ key, label, numeric }, place) => place === 0
        ? element("th", { scope: "row" }, row.cells[key] ?? "")
        : element("td", { class: numeric ? "lw-files-number" : null, "data-label": label }, row.cells[key] ?? ""));
    const tr = element("tr", { "data-name": row.name }, element("td", { class: "lw-files-small" }, picture), ...cells, element("td", {}, open));
    lines.set(row.name, { tr, text });
    return tr;
  }

  function show(picture, name) {
    picture.src = pictures.get(name);
    picture.hidden = false;
  }

  function draw() {
    const columns = model.get("columns");
    const rows = model.get("rows");
    const all = arranged(rows, { sort_by: model.get("sort_by"), descending: model.get("descending"), text: model.get("text"), kind: model.get("kind") });
    const shown = all.slice(0, limit);
    const held = body.contains(document.activeElement) ? document.activeElement : null;
    const name = held?.closest("tr")?.dataset.name;
    const now = shown.map((row) => lineOf(row, columns));
    if (now.length !== body.children.length || now.some((tr, place) => body.children[place] !== tr)) body.replaceChildren(...now);
    for (const tr of now) {
      const open = tr.dataset.name === model.get("chosen");
      if (open) tr.setAttribute("aria-current", "true");
      else tr.removeAttribute("aria-current");
    }
    // a line that moved, or was drawn anew, keeps the focus
    if (name !== undefined && !body.contains(document.activeElement)) lines.get(name)?.tr.querySelector("button")?.focus({ preventScroll: true });
    const here = new Set(rows.map((row) => row.name));
    for (const gone of [...lines.keys()].filter((each) => !here.has(each))) {
      lines.delete(gone);
      if (pictures.has(gone)) URL.revokeObjectURL(pictures.get(gone));
      pictures.delete(gone);
      asked.delete(gone);
    }
    more.hidden = all.length <= limit;
    count.textContent = all.length === rows.length ? _("files: {count}", { count: all.length }) : _("files: {count} of {all}", { count: all.length, all: rows.length });
    const wanted = shown.filter((row) => row.picture && asked.get(row.name) !== row.picture);
    if (wanted.length) {
      for (const row of wanted) asked.set(row.name, row.picture);
      model.send({ act: "want", names: wanted.map((row) => row.name) });
    }
  }

  function receive(content, buffers) {
    (content.names ?? []).forEach((name, place) => {
      if (pictures.has(name)) URL.revokeObjectURL(pictures.get(name));
      pictures.set(name, URL.createObjectURL(new Blob([buffers[place]], { type: "image/png" })));
      const picture = lines.get(name)?.tr.querySelector("img");
      if (picture) show(picture, name);
    });
  }

  filter.addEventListener("input", () => { limit = PAGE; set({ text: filter.value }); });
  kind.addEventListener("change", () => { limit = PAGE; set({ kind: kind.value }); });
  const watched = [
    ["change:rows", draw], ["change:chosen", draw], ["change:kinds", drawKinds],
    ["change:columns", () => { drawHead(); draw(); }],
    ["change:sort_by", () => { drawHead(); draw(); }], ["change:descending", () => { drawHead(); draw(); }],
    ["change:text", () => { if (filter.value !== model.get("text")) filter.value = model.get("text"); draw(); }],
    ["change:kind", () => { kind.value = model.get("kind"); draw(); }],
    ["change:caption", () => { caption.textContent = model.get("caption"); }],
    ["msg:custom", receive],
  ];
  for (const [event, act] of watched) model.on(event, act);
  filter.value = model.get("text");
  caption.textContent = model.get("caption");
  drawKinds();
  drawHead();
  draw();

  return () => {
    for (const [event, act] of watched) model.off(event, act);
    for (const url of pictures.values()) URL.revokeObjectURL(url);
  };
}

export default { initialize: revive, render };

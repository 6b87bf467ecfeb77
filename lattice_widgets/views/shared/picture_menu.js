// A menu beside a picture or chart: copy it, save it, see it on the whole screen, copy the code that makes it.
import { element } from "../canvas/picture_toolbar.js";
import { copyPicture, copyText, fileName, pngOf, saveFile } from "./downloads.js";
import { _ } from "./words.js";

const PATIENCE_OF_MENU = 60_000; // ms until the kernel is taken for lost

/** Ask the kernel for what only it has: "table" or "code". Resolves to its text; throws an Error with a sentence. */
function askKernel(model, what) {
  return new Promise((resolve, reject) => {
    const end = (act, value) => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
      act(value);
    };
    const hear = (message, buffers) => {
      if (message.answer !== what) return;
      if (message.problem) return end(reject, new Error(message.problem));
      const bytes = buffers[0];
      end(resolve, new TextDecoder().decode(new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength)));
    };
    const timer = setTimeout(end, PATIENCE_OF_MENU, reject, new Error(_("The kernel does not answer.")));
    model.on("msg:custom", hear);
    model.send({ ask: what });
  });
}

/** Whether a part of the page fills the screen. */
export const fillsScreen = (part) => document.fullscreenElement === part;

/** Canvases of one size over a ground, as one that can be saved. */
export function stackCanvases(ground, ...canvases) {
  const made = element("canvas", { width: canvases[0].width, height: canvases[0].height });
  const context = made.getContext("2d");
  context.fillStyle = ground;
  context.fillRect(0, 0, made.width, made.height);
  for (const canvas of canvases) context.drawImage(canvas, 0, 0);
  return made;
}

/** Room for a picture that fills the screen, beside its title and readout: {width, height} [CSS px]. */
export const roomOnScreen = () => ({ width: Math.max(200, window.innerWidth - 32), height: Math.max(200, window.innerHeight - 150) });

/** Longest side of a picture on the page [CSS px]: what is said above it fits on the same screen, that of a laptop too. */
export const largestSide = () => Math.max(240, 0.56 * window.screen.height); // an iframe is as high as its content

/**
 * Build the button and its menu.
 * @param model the widget's model: its traits `has_table` and `has_code` say what the kernel can give
 * @param act   {title(), canvas(), svg(), whole}: the title for the name of a file; a canvas with what is seen, or a promise
 *              of one; the text of an SVG (leave it out where there is none); the element that fills the screen.
 *              `values: false`: what has values is another part of the same view
 * @returns {node, refresh}: the button, and a function that shows what there is to choose
 */
export function buildMenu(model, act) {
  const said = element("div", { class: "lw-menu-said", role: "status" });
  const name = (suffix) => fileName(act.title(), suffix);
  const entries = [
    [_("Copy the picture"), async () => (await copyPicture(act.canvas()), _("Copied."))],
    [_("Save as PNG"), async () => saveFile(name("png"), await pngOf(act.canvas()))],
    act.svg && [_("Save as SVG"), () => saveFile(name("svg"), act.svg(), "image/svg+xml")],
    [_("Save the values as CSV"), async () => saveFile(name("csv"), await askKernel(model, "table"), "text/csv"), "has_table"],
    [_("Copy the code"), async () => (await copyText(await askKernel(model, "code")), _("Copied.")), "has_code"],
    [_("Full screen"), () => (fillsScreen(act.whole) ? document.exitFullscreen() : act.whole.requestFullscreen()), "", "full"],
  ].filter((entry) => entry && !(act.values === false && entry[2] === "has_table"));
  const items = entries.map(([text, run, needs, kind]) => {
    const item = element("button", { type: "button", role: "menuitem", tabindex: "-1", "data-needs": needs || null, "data-kind": kind, on: { click: () => choose(run) } }, text);
    return item;
  });
  // what it says is no entry: it stands outside of the menu itself
  const list = element("div", { role: "menu", "aria-label": _("Copy, save, full screen") }, ...items);
  const menu = element("div", { class: "lw-menu", popover: "auto", "data-lm-suppress-shortcuts": "true" }, list, said);
  const dots = element("span", { class: "lw-menu-dots", "aria-hidden": "true" });
  const button = element("button", {
    type: "button", class: "lw-menu-button", title: _("Copy, save, full screen"), "aria-label": _("Copy, save, full screen"),
    "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => (isOpen() ? close() : open()) },
  }, dots);
  const node = element("span", { class: "lw-menu-host", "data-lm-suppress-shortcuts": "true" }, button, menu);
  const isOpen = () => menu.matches(":popover-open");
  const usable = () => items.filter((item) => !item.hidden);

  function refresh() {
    for (const item of items) {
      const needs = item.dataset.needs;
      item.hidden = Boolean(needs) && !model.get(needs);
      if (item.dataset.kind !== "full") continue;
      item.hidden = !act.whole.requestFullscreen || !document.fullscreenEnabled;
      item.textContent = fillsScreen(act.whole) ? _("Leave the full screen") : _("Full screen");
    }
  }

  function open() {
    refresh();
    said.textContent = "";
    menu.showPopover();
    const [at, size] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
    const below = at.bottom + 2 + size.height <= window.innerHeight || at.top < size.height;
    menu.style.top = `${Math.max(4, below ? at.bottom + 2 : at.top - size.height - 2)}px`;
    menu.style.left = `${Math.max(4, Math.min(at.right - size.width, window.innerWidth - size.width - 4))}px`;
    window.addEventListener("scroll", scrolled, true);
    usable()[0]?.focus({ preventScroll: true });
  }
  function close() {
    if (isOpen()) menu.hidePopover();
  }
  const scrolled = (event) => event.target.contains?.(button) && close(); // the button has moved away from under it
  menu.addEventListener("toggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") return;
    window.removeEventListener("scroll", scrolled, true);
    if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus({ preventScroll: true });
  });

  async function choose(run) {
    said.textContent = "";
    try {
      const words = await run();
      if (!words) return close();
      said.textContent = words;
      setTimeout(close, 900);
    } catch (problem) {
      said.textContent = problem.message;
    }
  }

  menu.addEventListener("keydown", (event) => {
    const open = usable();
    const at = open.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + open.length, Home: 0, End: open.length - 1 }[event.key];
    if (next !== undefined) open[next % open.length].focus();
    else if (event.key === "Tab" || event.key === "Escape") close();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
  refresh();
  return { node, refresh };
}

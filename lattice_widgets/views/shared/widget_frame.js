// What the controls of the page lack for screen readers: names of sliders and their numbers, lines that are read out when
// they change, and the name of the whole. It draws nothing, and adds nothing to the page but a heading that no eye sees.
import { copyText, saveFile } from "./downloads.js";
import { watchKernel } from "./page/kernel_watch.js";
import { stayAtTop } from "./page/page_scroll.js";
import { revive } from "./page/revive.js";
import { _, useWords } from "./words.js";

const saved = new Set(); // numbers of the files that were saved: a widget may stand on a page twice

function set(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value && target.getAttribute(name) !== value) target.setAttribute(name, value);
  }
}

/** A bar of ipywidgets that folds what is below it hears the mouse alone; make it a button that says whether it is open. */
function openByKeys(header) {
  set(header, { role: "button", tabindex: "0", "data-lm-suppress-shortcuts": "true" });
  const fold = header.parentElement;
  const tell = () => set(header, { "aria-expanded": String(fold.classList.contains("jupyter-widget-Collapse-open")) });
  new MutationObserver(tell).observe(fold, { attributeFilter: ["class"] });
  header.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    header.click();
  });
  tell();
}

/** Name the parts of a widget; those that have their names stay as they are. */
export function nameParts(root) {
  for (const slider of root.querySelectorAll(".widget-slider")) {
    const label = slider.querySelector(".widget-label");
    const names = { "aria-label": label?.textContent.trim(), "aria-description": label?.title || slider.title };
    const handles = slider.querySelectorAll(".noUi-handle");
    // JupyterLab 4.4, which the site is made of, would take the arrow keys for its cells
    for (const handle of handles) set(handle, { ...names, "data-lm-suppress-shortcuts": "true" });
    const number = slider.querySelector(".widget-readout[contenteditable]");
    if (number) set(number, { role: "textbox", ...names });
  }
  // fields without a label beside them: a tooltip alone is no name
  for (const field of root.querySelectorAll(".jupyter-widgets > .widget-input")) {
    if (!field.parentElement.querySelector(".widget-label")?.textContent.trim()) set(field, { "aria-label": field.title });
  }
  // in JupyterLab arrow keys would go to another cell, and not to the list or the slider that has the focus
  for (const control of root.querySelectorAll("select, input:is([type=range], [type=radio])")) {
    set(control, { "data-lm-suppress-shortcuts": "true" });
  }
  for (const header of root.querySelectorAll(".jupyter-widget-Collapse-header:not([role])")) openByKeys(header);
  for (const line of root.querySelectorAll(".lattice-widgets-live")) set(line, { "aria-live": "polite", "aria-atomic": "true" });
  // the words below the bars say the same, in order
  for (const bars of root.querySelectorAll(".lw-probability-bars .bqplot")) set(bars, { "aria-hidden": "true" });
}

/** Whether a key is an undo that belongs to a widget: a field where one types has an undo of its own. */
export function isUndo(event) {
  const typed = event.target?.closest?.("textarea, [contenteditable=true], input:not([type=range]):not([type=checkbox]):not([type=radio])");
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key?.toLowerCase() === "z" && !typed;
}

/** Copy what a button among the words stands for, and say so on the button. */
async function copyOf(button) {
  const words = button.textContent;
  try {
    await copyText(button.dataset.copy);
    button.textContent = _("copied");
  } catch (problem) {
    button.textContent = problem.message;
  }
  setTimeout(() => (button.textContent = words), 1500);
}

function renderFrame({ model, el }) {
  useWords(model);
  const title = document.createElement("span");
  set(title, { role: "heading", "aria-level": "3" });
  el.classList.add("lattice-widgets-spoken");
  el.append(title);
  let root = null;
  let ticket = 0;
  let letGo = () => {};
  let unwatch = () => {};
  const name = () => {
    ticket = 0;
    // written only where it is another: `grown` hears of it, and would have it written again in the next frame
    if (title.textContent !== model.get("title")) title.textContent = model.get("title");
    set(root, { role: "group", "aria-label": model.get("title") });
    nameParts(root);
  };
  const later = () => (ticket ||= requestAnimationFrame(name));
  const grown = new MutationObserver(later); // tabs and panels come when they are opened
  const shown = new ResizeObserver(() => {
    const found = el.closest(".lattice-widgets");
    if (!found || found === root) return;
    root = found;
    letGo = stayAtTop(root);
    unwatch();
    unwatch = watchKernel(model, root);
    grown.disconnect();
    grown.observe(root, { childList: true, subtree: true });
    later();
  });
  // before JupyterLab, which would undo the last change of a cell
  const keyed = (event) => {
    if (!root?.contains(event.target) || event.target.closest(".lattice-widgets") !== root || !isUndo(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    model.send({ key: "undo" });
  };
  const pressed = (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (button?.closest(".lattice-widgets") === root && root) copyOf(button);
  };
  const hear = (message, buffers) => {
    if (message.save === undefined || saved.has(message.number)) return;
    saved.add(message.number);
    saveFile(message.save, buffers[0]);
  };
  model.on("msg:custom", hear);
  document.addEventListener("click", pressed);
  window.addEventListener("keydown", keyed, true);
  shown.observe(el); // there is nothing around it until it is on the page
  return () => {
    letGo();
    unwatch();
    model.off("msg:custom", hear);
    document.removeEventListener("click", pressed);
    window.removeEventListener("keydown", keyed, true);
    shown.disconnect();
    grown.disconnect();
    cancelAnimationFrame(ticket);
  };
}

export default { initialize: revive, render: renderFrame };

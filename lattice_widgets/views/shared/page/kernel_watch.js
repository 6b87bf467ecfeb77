// A kernel that has ended takes its widgets along, and what stands on the page is a picture of them. After a hand has moved
// something and nothing has come of it, the kernel is asked whether it is there; if it does not answer the page says so and keeps
// the settings. The next widget of this name on this page offers to bring them back.
import { _ } from "../words.js";

// a kernel that computes in a cell answers later; people wait that long before they wonder [ms]
const PATIENCE = 15000;
// what a hand does mostly changes a setting, and that is an answer: nobody need ask while it moves [ms]
const PAUSE = 1000;
const HANDS = ["pointerup", "change", "keyup"];

/** Where the settings of a widget are kept: for this tab of the browser, this page and this kind of widget. */
export function placeOf(title, path) {
  return `lattice-widgets ${title} ${path}`;
}

/** The settings that a widget which ended has left, if they are of use to one that was born later; null if there are none. */
export function leftBy(text, birth) {
  try {
    const left = JSON.parse(text);
    return left && left.birth !== birth && Object.keys(left.settings).length ? left.settings : null;
  } catch {
    return null;
  }
}

/** A line at the top of a widget with buttons: label -> what a press does; it is gone after any of them. */
function tell(root, words, buttons = {}) {
  const line = document.createElement("div");
  line.className = "lattice-widgets-kernel";
  line.setAttribute("role", "alert");
  line.append(words);
  for (const [label, act] of Object.entries(buttons)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => { line.remove(); act(); });
    line.append(button);
  }
  root.prepend(line);
  return line;
}

/** Watch over the kernel of a widget while it is on the page; returns what ends that. */
export function watchKernel(model, root) {
  const place = placeOf(model.get("title"), location.pathname);
  let asked = 0;
  let timer = 0;
  let pause = 0;
  let line = null;
  const forget = () => sessionStorage.removeItem(place);
  const lost = () => {
    timer = 0;
    sessionStorage.setItem(place, JSON.stringify({ birth: model.get("birth"), settings: model.get("settings") }));
    line ??= tell(root, _("The kernel has not answered for a while: it is busy with another cell, or it has ended. If it has ended, "
      + "start it again and run the cell, or load the dashboard again: your settings can then be brought back."));
  };
  const ask = () => {
    pause = 0;
    timer = setTimeout(lost, PATIENCE);
    try {
      model.send({ ping: ++asked });
    } catch {
      clearTimeout(timer);
      lost();
    }
  };
  const watch = () => {
    if (!(pause || timer || line)) pause = setTimeout(ask, PAUSE);
  };
  const rest = () => {
    clearTimeout(pause);
    clearTimeout(timer);
    pause = timer = 0;
  };
  const hear = () => {
    rest();
    if (!line) return;
    line.remove();
    line = null;
    forget();
  };
  const left = leftBy(sessionStorage.getItem(place), model.get("birth"));
  const offer = left && tell(root, _("The kernel of this widget ended. What was set before can be brought back."), {
    [_("bring my settings back")]: () => { forget(); model.send({ restore: left }); },
    [_("begin anew")]: forget,
  });
  model.on("msg:custom", hear);
  model.on("change:settings", hear);
  // a page that is being left gives its kernel up: nothing was lost
  window.addEventListener("beforeunload", rest);
  for (const hand of HANDS) root.addEventListener(hand, watch, { capture: true, passive: true });
  return () => {
    rest();
    window.removeEventListener("beforeunload", rest);
    model.off("msg:custom", hear);
    model.off("change:settings", hear);
    for (const hand of HANDS) root.removeEventListener(hand, watch, { capture: true });
    line?.remove();
    offer?.remove();
  };
}

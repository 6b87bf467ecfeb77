// JupyterLab's "Run All Cells" scrolls to the last cell. Whoever opens a lesson and runs it wants to read from its first line.

const OUTER = ".jp-WindowedPanel-outer";
// JupyterLab scrolls once more when the outputs change the heights of the cells [ms]
const HOLD = 15000;

/** Whether "Run All Cells" brought this notebook to its end: its last cell is the active one, and nobody types there. */
export function wasRunToItsEnd(notebook, widget) {
  const cells = notebook.querySelectorAll(".jp-Cell");
  const last = cells[cells.length - 1];
  const first = notebook.querySelector(".lattice-widgets");
  return first === widget && cells.length > 1 && last.classList.contains("jp-mod-active") && !notebook.querySelector(".jp-mod-editMode")
    && !last.contains(widget);
}

/** Go back to the first line when the first widget of a notebook comes by "Run All Cells"; a hand that moves ends it. */
export function stayAtTop(widget) {
  const notebook = widget.closest(".jp-Notebook");
  const outer = notebook?.querySelector(OUTER) ?? notebook?.closest(OUTER);
  if (!outer || !wasRunToItsEnd(notebook, widget)) return () => {};
  const inputs = ["wheel", "pointerdown", "keydown", "touchstart"];
  const hold = () => { if (outer.scrollTop) outer.scrollTop = 0; };
  const release = () => {
    clearTimeout(timer);
    outer.removeEventListener("scroll", hold);
    for (const name of inputs) window.removeEventListener(name, release, true);
  };
  const timer = setTimeout(release, HOLD);
  for (const name of inputs) window.addEventListener(name, release, { capture: true, passive: true });
  outer.addEventListener("scroll", hold);
  hold();
  return release;
}

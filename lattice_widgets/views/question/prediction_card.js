// A prediction: letters of which the first click counts, and an explanation elsewhere on the page that waits for it.
import { element } from "../canvas/picture_toolbar.js";
import { revive } from "../shared/page/revive.js";
import { _, useWords } from "../shared/words.js";

/** A text as CSS writes it between quotes. */
export function quoted(text) {
  return `"${text.replace(/["\\]/g, "\\$&").replace(/\n/g, " ")}"`;
}

/** The rules that write beside the summary of the explanation what it waits for, or what was predicted. */
export function summaryRules(explains, words, waits) {
  const summary = `details.${explains} > summary`;
  return `${summary}::after { content: " · " ${quoted(words)}; font-weight: 400; opacity: 0.8; }`
    + (waits ? ` ${summary} { cursor: not-allowed; }` : "");
}

function render({ model, el }) {
  useWords(model);
  const say = element("span", { class: "lw-predict-say", role: "status", "aria-live": "polite" });
  const letters = element("span", { class: "lw-predict-letters" });
  const skip = element("button", { type: "button", class: "lw-predict-skip", on: { click: () => choose("") } }, _("Skip"));
  const root = element("div", {
    class: "lw-picture lw-predict", role: "group", "data-lm-suppress-shortcuts": "true",
  }, element("span", { class: "lw-predict-head" }, _("Your prediction")), letters, skip, say);
  el.classList.add("lw-picture-host");
  el.append(root);
  // a style, not an attribute of the page's own element: JupyterLab draws its texts anew whenever it likes
  const style = document.head.appendChild(document.createElement("style"));
  let asked = false;

  function choose(letter) {
    if (model.get("committed") || !model.get("is_open")) return;
    asked = false;
    model.send({ act: "choose", letter });
  }

  function showLetters() {
    letters.replaceChildren(...[...model.get("letters")].map((letter) => element("button", {
      type: "button", class: "lw-predict-letter", "data-letter": letter, on: { click: () => choose(letter) },
    }, letter)));
    showState();
  }

  function showState() {
    const [done, chosen] = [model.get("committed"), model.get("chosen")];
    const held = root.contains(document.activeElement);
    root.setAttribute("aria-label", model.get("label"));
    root.classList.toggle("lw-predict-done", done);
    for (const button of letters.children) {
      const mine = done && button.dataset.letter === chosen;
      button.disabled = done || !model.get("is_open");
      button.setAttribute("aria-pressed", String(mine));
      button.setAttribute("aria-label", mine
        ? _("{letter}, your prediction", { letter: button.dataset.letter })
        : _("I predict {letter}", { letter: button.dataset.letter }));
      button.classList.toggle("lw-predict-mine", mine);
    }
    skip.hidden = done;
    skip.disabled = !model.get("is_open");
    const told = chosen ? _("You predicted {letter}. Look what happens; then open the explanation.", { letter: chosen })
      : _("Skipped. Look what happens; then open the explanation.");
    say.textContent = done ? told : asked ? _("Choose a letter first, or skip: then the explanation opens.") : "";
    say.classList.toggle("lw-predict-asked", asked && !done);
    if (done && held) { // the button that had the focus sleeps now
      root.tabIndex = -1;
      root.focus({ preventScroll: true });
    }
    const explains = model.get("explains");
    const words = !done ? _("after your prediction") : chosen ? _("you predicted {letter}", { letter: chosen }) : _("skipped");
    style.textContent = explains ? summaryRules(explains, words, !done) : "";
  }

  // before all others: nobody else has opened it then
  function onClick(event) {
    const explains = model.get("explains");
    const summary = event.target?.closest?.("summary");
    const details = summary?.parentElement;
    if (!explains || !details?.classList.contains(explains) || details.open || model.get("committed")) return;
    if (!model.get("is_open")) return; // without a kernel nobody could choose
    event.preventDefault();
    event.stopPropagation();
    asked = true;
    showState();
    root.scrollIntoView({ block: "center" });
    letters.querySelector("button")?.focus({ preventScroll: true });
  }
  document.addEventListener("click", onClick, true);

  model.on("change:letters", showLetters);
  for (const name of ["is_open", "committed", "chosen", "label", "explains"]) model.on(`change:${name}`, showState);
  showLetters();
  return () => {
    document.removeEventListener("click", onClick, true);
    style.remove();
    model.off("change:letters", showLetters);
    for (const name of ["is_open", "committed", "chosen", "label", "explains"]) model.off(`change:${name}`, showState);
  };
}

export default { initialize: revive, render };

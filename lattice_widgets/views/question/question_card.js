// A question: choices or a number, how sure one is, what is said after the answer. It never knows what is right before that.
import { element } from "../canvas/picture_toolbar.js";
import { revive } from "../shared/page/revive.js";
import { _, useWords } from "../shared/words.js";

const STEP = 5; // percent

/** The number that was typed, null if it is none; a comma is a decimal point where people write so. */
export function typedNumber(text) {
  const plain = text.trim().replace(",", ".");
  return /^\d*\.?\d+(e[-+]?\d+)?$/i.test(plain) || /^\d+\.$/.test(plain) ? Number(plain) : null;
}

function render({ model, el }) {
  useWords(model);
  const name = `lw-quiz-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const chips = element("div", { class: "lw-quiz-chips", role: "group", "aria-label": _("Answered questions") });
  const choices = element("div", { class: "lw-quiz-choices", role: "radiogroup" });
  const number = element("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", class: "lw-quiz-number", "aria-label": _("Your answer"),
  });
  const unit = element("span", { class: "lw-quiz-unit" });
  const numberRow = element("label", { class: "lw-quiz-row" }, element("span", {}, _("Your answer")), number, unit);
  const sure = element("input", { type: "range", min: "0", max: "100", step: String(STEP), "aria-label": _("How sure are you?") });
  const percent = element("output", { class: "lw-quiz-percent" });
  const sureRow = element("label", { class: "lw-quiz-row" }, element("span", {}, _("How sure are you?")), sure, percent);
  const commit = element("button", { type: "button", class: "lw-quiz-commit", on: { click: () => send("commit") } }, _("Commit"));
  const next = element("button", { type: "button", class: "lw-quiz-next", on: { click: () => send("next") } }, _("Next question"));
  const buttons = element("div", { class: "lw-quiz-row" }, commit, next);
  const said = element("div", { class: "lw-quiz-said", role: "status", "aria-live": "polite" });
  const others = element("ul", {});
  const reasons = element("details", { class: "lw-quiz-reasons" }, element("summary", {}, _("Why not the others?")), others);
  const keys = element("div", { class: "lw-quiz-keys" });
  const root = element("div", {
    class: "lw-picture lw-quiz", role: "group",
    "data-lm-suppress-shortcuts": "true", // in JupyterLab "1" would make a heading of the cell
  }, chips, choices, numberRow, sureRow, buttons, said, reasons, keys);
  el.classList.add("lw-picture-host");
  el.append(root);

  const options = () => model.get("options");
  const isChoice = () => options().length > 0;
  const committed = () => model.get("committed");

  const given = () => (isChoice() ? model.get("picked") || null : typedNumber(number.value));

  function send(act, more = {}) {
    if (act === "commit" && (committed() || given() === null || !model.get("is_open"))) return;
    if (act === "next" && !model.get("can_next")) return;
    if (act !== "commit") wantsFocus = root.contains(document.activeElement);
    const answer = act === "commit" ? { given: given(), confidence: Number(sure.value) / 100 } : {};
    model.send({ act, question: model.get("question"), ...answer, ...more });
  }

  function pick(key) {
    if (committed() || !model.get("is_open")) return;
    model.set("picked", key);
    model.save_changes();
    showState();
  }

  // ---------------------------------------------------------------- drawing: all of it, it is small
  let shown = null;
  let wantsFocus = false;

  function showQuestion() {
    root.setAttribute("aria-label", model.get("prompt") || _("Quiz"));
    choices.setAttribute("aria-label", model.get("prompt"));
    choices.replaceChildren(...options().map((option, place) => {
      const input = element("input", { type: "radio", name, value: option.key, on: { change: () => pick(option.key) } });
      const glyph = option.glyph ? element("span", { class: "lw-quiz-glyph", style: `color:${option.color}`, "aria-hidden": "true" }, option.glyph) : "";
      const mark = element("span", { class: "lw-quiz-mark" });
      return element("label", { class: "lw-quiz-choice" }, input, element("kbd", { "aria-hidden": "true" }, String(place + 1)), glyph, element("span", {}, option.label), mark);
    }));
    choices.hidden = !isChoice();
    numberRow.hidden = isChoice() || !model.get("question");
    unit.textContent = model.get("unit");
    const fresh = shown !== model.get("question");
    if (fresh) {
      number.value = model.get("picked");
      sure.value = String(Math.round(100 * model.get("confidence")));
    }
    shown = model.get("question");
    const count = options().length;
    keys.textContent = isChoice()
      ? _("Keys: 1 to {count} choose, Enter commits, N goes on.", { count })
      : _("Keys: Enter commits, N goes on.");
    showState();
    if (fresh && wantsFocus) focusAnswer();
  }

  function focusAnswer() {
    wantsFocus = false;
    const target = committed() ? (next.hidden ? chips.querySelector("[aria-current]") : next)
      : isChoice() ? choices.querySelector("input:checked") ?? choices.querySelector("input") : number;
    target?.focus({ preventScroll: true });
  }

  function showState() {
    const done = committed();
    const right = model.get("right_key");
    for (const label of choices.children) {
      const input = label.querySelector("input");
      const isRight = done && right !== "" && input.value === right;
      const isWrong = done && right !== "" && input.value === model.get("picked") && !isRight;
      input.checked = input.value === model.get("picked");
      input.disabled = done || !model.get("is_open");
      label.classList.toggle("lw-quiz-right", isRight);
      label.classList.toggle("lw-quiz-wrong", isWrong);
      label.querySelector(".lw-quiz-mark").textContent = isRight ? _("✓ right") : isWrong ? _("✗ your answer") : "";
    }
    number.disabled = sure.disabled = done || !model.get("is_open");
    if (done) {
      if (!isChoice()) number.value = model.get("picked");
      sure.value = String(Math.round(100 * model.get("confidence")));
    }
    percent.textContent = `${sure.value} %`;
    sureRow.hidden = !model.get("question");
    commit.hidden = done || !model.get("question");
    commit.disabled = given() === null || !model.get("is_open");
    next.hidden = !model.get("can_next");
    keys.hidden = !model.get("question");
  }

  function showSaid() {
    said.replaceChildren(...model.get("said").map(({ kind, text }) => element("p", { class: `lw-quiz-${kind}` }, text)));
    others.replaceChildren(...model.get("reasons").map((text) => element("li", {}, text)));
    reasons.hidden = !model.get("reasons").length;
    if (reasons.hidden) reasons.open = false;
  }

  function showChips() {
    const hadFocus = chips.contains(document.activeElement);
    // without the word the numbers of the questions read like answers, most of all above answers that are numbers
    const word = element("span", { "aria-hidden": "true" }, _("Question"));
    chips.replaceChildren(word, ...model.get("chips").map(({ index, state, label }) => {
      const current = index === model.get("index");
      const sign = { right: "✓", wrong: "✗", given: "•", open: "" }[state];
      return element("button", {
        type: "button", class: `lw-quiz-chip lw-quiz-chip-${state}`, "aria-label": label, title: label,
        "aria-current": current ? "true" : null, on: { click: () => send("go", { index }) },
      }, `${index + 1}${sign}`);
    }));
    chips.hidden = model.get("chips").length === 0;
    if (hadFocus) chips.querySelector("[aria-current]")?.focus({ preventScroll: true });
  }

  number.addEventListener("input", () => {
    model.set("picked", number.value);
    model.save_changes();
    showState();
  });
  sure.addEventListener("input", () => {
    model.set("confidence", Number(sure.value) / 100);
    model.save_changes();
    showState();
  });

  // ---------------------------------------------------------------- keys, wherever in the quiz the focus is
  function onKey(event) {
    const quiz = el.closest(".lattice-quiz") ?? root;
    const target = event.target;
    if (!quiz.contains(target) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const writing = target === number || target.matches?.("input[type=text]:not(.lw-quiz-number), textarea, select, [contenteditable]");
    const pressed = target.closest?.("button, summary, [role=tab]") && target !== commit;
    if (event.key === "Enter") {
      if (pressed || target.closest?.(".lw-stage") || (writing && target !== number)) return;
      event.preventDefault();
      send("commit");
      return;
    }
    if (writing) return;
    if (event.key === "n" || event.key === "N") {
      event.preventDefault();
      send("next");
      return;
    }
    const place = Number(event.key) - 1;
    if (event.key.length === 1 && options()[place]) {
      event.preventDefault();
      pick(options()[place].key);
      // pictures keep the focus: they may be looked at further
      if (root.contains(target)) choices.querySelector("input:checked")?.focus({ preventScroll: true });
    }
  }
  document.addEventListener("keydown", onKey);

  function afterCommit() {
    const held = [commit, number, sure].includes(document.activeElement) || choices.contains(document.activeElement);
    showState();
    // what had the focus is gone or asleep: go to what comes next
    if (committed() && (held || document.activeElement === document.body) && wasHere) focusAnswer();
  }
  let wasHere = false;
  root.addEventListener("focusin", () => (wasHere = true));
  document.addEventListener("pointerdown", leave, true);
  function leave(event) {
    if (!root.contains(event.target)) wasHere = false;
  }

  const watched = [];
  function watch(names, act) {
    for (const each of names) {
      watched.push([`change:${each}`, act]);
      model.on(...watched.at(-1));
    }
  }
  watch(["question", "options", "unit", "prompt"], showQuestion);
  watch(["committed", "can_next"], afterCommit);
  watch(["picked", "confidence", "right_key", "is_open"], showState);
  watch(["said", "reasons"], showSaid);
  watch(["chips", "index"], showChips);
  showQuestion();
  showSaid();
  showChips();

  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("pointerdown", leave, true);
    for (const [event, act] of watched) model.off(event, act);
  };
}

export default { initialize: revive, render };

// A button that opens a file and sends it to the kernel in parts. The kernel acknowledges each part before the next one
// leaves; what is not acknowledged in time is sent again, for a connection may drop and come back.
import { element } from "../canvas/picture_toolbar.js";
import { revive } from "../shared/page/revive.js";
import { _, useWords } from "../shared/words.js";

const PATIENCE = 20_000; // ms until something is sent again
const ATTEMPTS = 6;

/** Bytes in MB for people: "25.9", "0.4"; a small file never has 0. */
export function inMegabytes(bytes) {
  const value = bytes / 1e6;
  return bytes === 0 ? "0" : value < 0.1 ? String(Math.max(0.001, Number(value.toFixed(3)))) : value < 1000 ? value.toFixed(1) : value.toFixed(0);
}

/** How far it is, whole percent; 100 is said only when nothing is missing. */
export function percentOf(bytes, size) {
  return bytes >= size ? 100 : Math.floor((100 * bytes) / size);
}

/**
 * Send a file.
 * @param file  {name, size, slice(from, to) -> {arrayBuffer()}}
 * @param link  {post(content, buffer), answer(ms)}: tell the kernel; what it says next, or null after that time
 * @param settings {partSize, patience, attempts, onProgress(bytes), onSilence(seconds), isCancelled()}
 * @returns "done", "lost" (the kernel knows nothing of it), "silent" (no answer), "unreadable", "cancelled"
 */
export async function sendFile(file, link, settings) {
  const { partSize, patience = PATIENCE, attempts = ATTEMPTS, onProgress, onSilence, isCancelled } = settings;

  async function ask(content, parts, buffer) {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      link.post(content, buffer);
      for (;;) {
        const answer = await link.answer(patience);
        if (isCancelled()) return "cancelled";
        if (answer === null) break;
        if (answer.act === "lost") return "lost";
        if (answer.act === "got" && answer.parts >= parts) return "got"; // an older one belongs to what was sent twice
      }
      onSilence((attempt * patience) / 1000);
    }
    return "silent";
  }

  let outcome = await ask({ act: "begin", name: file.name, size: file.size }, 0);
  for (let number = 0; outcome === "got" && number * partSize < file.size; number += 1) {
    const end = Math.min((number + 1) * partSize, file.size);
    let part = null;
    try {
      part = await file.slice(number * partSize, end).arrayBuffer();
    } catch {
      part = null; // moved, changed, or on a drive that is gone
    }
    if (isCancelled()) outcome = "cancelled";
    else if (part?.byteLength !== end - number * partSize) outcome = "unreadable";
    else outcome = await ask({ act: "part", number }, number + 1, part);
    if (outcome === "got") onProgress(end);
  }
  if (outcome === "got") return "done";
  link.post({ act: "cancel" });
  return outcome;
}

function sentence(outcome, file) {
  const name = file.name;
  if (outcome === "cancelled") return _("{name} was not opened: you canceled it.", { name });
  if (outcome === "unreadable") return _("{name} cannot be read by the browser: it was moved or changed. Choose it again.", { name });
  if (outcome === "silent") {
    return _("{name} was not opened: the kernel does not answer. It is busy, or the connection is lost. Choose the file again later.", { name });
  }
  if (outcome === "lost") return _("{name} was not opened: only a part of it arrived. Choose it again.", { name });
  return "";
}

function render({ model, el }) {
  useWords(model);
  let running = null; // {id, file, cancelled, wake}

  const input = element("input", { type: "file", hidden: "", tabindex: "-1", on: { change: () => choose(input.files) } });
  const name = element("span", {});
  const button = element("button", {
    type: "button", class: "jupyter-widgets jupyter-button widget-button lw-upload-button", on: { click: () => input.click() },
  }, element("i", { class: "fa fa-upload", "aria-hidden": "true" }), name);
  const bar = element("progress", { max: "100" });
  const amount = element("span", { class: "lw-upload-amount" });
  const cancel = element("button", { type: "button", class: "jupyter-widgets jupyter-button widget-button lw-upload-cancel", on: { click: stop } }, _("Cancel"));
  const progress = element("div", { class: "lw-upload-progress", hidden: "" }, bar, amount, cancel);
  const waits = element("div", { class: "lw-upload-waits", role: "status", hidden: "" });
  const said = element("div", { class: "lw-upload-said", role: "alert", hidden: "" });
  const root = element("div", { class: "lw-upload" }, input, button, progress, waits, said);
  el.append(root);

  function show() {
    name.textContent = model.get("description");
    button.title = model.get("tooltip");
    said.textContent = model.get("said");
    said.hidden = !model.get("said");
    button.hidden = running !== null;
    progress.hidden = running === null;
    if (running === null) waits.hidden = true;
  }

  function say(text) {
    model.set("said", text);
    model.save_changes();
    show();
  }

  function advance(file, bytes) {
    const percent = percentOf(bytes, file.size);
    waits.hidden = true;
    bar.value = percent;
    amount.textContent = _("{percent} %, {part} of {whole} MB", { percent, part: inMegabytes(bytes), whole: inMegabytes(file.size) });
  }

  async function choose(files) {
    const file = files?.[0];
    if (!file || running) return;
    const id = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
    const post = (content, buffer) => model.send({ ...content, upload: id }, undefined, buffer ? [buffer] : []);
    const limit = model.get("limit");
    if (file.size > limit) {
      // the kernel is told as well: what was said of another file is no longer of interest
      post({ act: "begin", name: file.name, size: file.size });
      say(_("{name} is too large: it has {size} MB, and at most {limit} MB can be opened.", {
        name: file.name, size: inMegabytes(file.size), limit: inMegabytes(limit),
      }));
      input.value = "";
      return;
    }
    const mine = { id, cancelled: false, waiting: [], wake: null };
    running = mine;
    const hadFocus = root.contains(document.activeElement);
    bar.setAttribute("aria-label", _("Opening {name}", { name: file.name }));
    advance(file, 0);
    say("");
    if (hadFocus) cancel.focus({ preventScroll: true });
    const answer = (patience) => new Promise((resolve) => {
      if (mine.cancelled || mine.waiting.length) return resolve(mine.waiting.shift() ?? null);
      const timer = setTimeout(() => mine.wake(null), patience);
      mine.wake = (message) => {
        clearTimeout(timer);
        mine.wake = null;
        resolve(message);
      };
    });
    const outcome = await sendFile(file, { post, answer }, {
      partSize: model.get("part_size"),
      onProgress: (bytes) => advance(file, bytes),
      onSilence: (seconds) => {
        waits.textContent = _("No answer from the kernel for {seconds} s; it goes on when there is one.", { seconds });
        waits.hidden = false;
      },
      isCancelled: () => mine.cancelled,
    });
    const held = root.contains(document.activeElement);
    running = null;
    input.value = ""; // the same file can be chosen again
    say(sentence(outcome, file));
    if (held) button.focus({ preventScroll: true });
  }

  function stop() {
    if (!running) return;
    running.cancelled = true;
    running.wake?.(null);
  }

  function hear(message) {
    if (message.upload !== running?.id) return;
    if (running.wake) running.wake(message);
    else running.waiting.push(message);
  }

  // the whole widget takes what is dropped on it, not only its button; the first one, if it has several
  function zone() {
    const widget = root.closest(".lattice-widgets");
    return widget?.querySelector(".lw-upload") === root ? widget : root;
  }
  function drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    const place = zone();
    const over = place.contains(event.target);
    place.classList.toggle("lw-upload-over", over && event.type !== "drop" && event.type !== "dragleave");
    if (!over) return;
    event.preventDefault(); // the browser would open the file in the place of the page
    event.stopPropagation();
    if (event.type === "drop") choose(event.dataTransfer.files);
  }
  const DRAGS = ["dragenter", "dragover", "dragleave", "drop"];
  for (const type of DRAGS) document.addEventListener(type, drag, true);

  const watched = ["description", "tooltip", "said"].map((trait) => `change:${trait}`);
  for (const event of watched) model.on(event, show);
  model.on("msg:custom", hear);
  show();
  return () => {
    stop();
    for (const type of DRAGS) document.removeEventListener(type, drag, true);
    for (const event of watched) model.off(event, show);
    model.off("msg:custom", hear);
  };
}

export default { initialize: revive, render };

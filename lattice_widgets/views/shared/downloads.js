// What leaves the page: a file that the browser saves, text or a picture for the clipboard. No server takes part, so that it
// works on dashboards too.
import { _ } from "./words.js";

/** A name for a file from a title: letters and digits of any script, and hyphens. */
export function fileName(title, suffix) {
  const plain = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60);
  return `${plain || "picture"}.${suffix}`;
}

/** Have the browser save a file. `content` is a Blob, a string or bytes. */
export function saveFile(name, content, type = "application/octet-stream") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // a large file is still being written when click() is back
}

const NO_CLIPBOARD = () => _("The browser lets this page copy nothing: save it instead.");

/** Put a text into the clipboard; throws an Error with a sentence if the browser does not allow it. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // not over plain http, where many dashboards are: the old way still works there
  }
  const field = document.createElement("textarea");
  field.value = text;
  Object.assign(field.style, { position: "fixed", opacity: "0" });
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus?.({ preventScroll: true });
  if (!copied) throw new Error(NO_CLIPBOARD());
}

/** Put a picture into the clipboard; throws an Error with a sentence if the browser does not allow it. */
export async function copyPicture(canvas) {
  try {
    // the promise is handed over as it is: Safari forgets the click that allowed it while one waits
    await navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(canvas) })]);
  } catch {
    throw new Error(_("The browser lets this page copy no picture: save it as PNG."));
  }
}

/** The PNG of a canvas, or of a promise of one, as a Blob. */
export async function pngOf(canvas) {
  const drawn = await canvas;
  return new Promise((resolve, reject) => {
    drawn.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(_("The picture is too large for a file.")))), "image/png");
  });
}

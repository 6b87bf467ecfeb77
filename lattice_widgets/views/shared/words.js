// What the browser's part says, in the language that Python chose (language.py). It stands first in every joined module.
//
// A message is a whole sentence or label, with {places} to fill: _("row {row}, col {col}", { row, col }). The catalog is made
// by reading the source, so the message is a literal in double quotes, which may be glued with +. Never call _() at the top
// level of a file: no widget is there yet; mark the message there with N_() and call _() where it is shown. Only Python knows
// plurals: write "selected: {count}". And no _() inside the values of another one: the catalog's reader does not see it.
let translations = {};

/** Take the translations that a widget brought along. anywidget loads the module anew for each, so that they are its own. */
export function useWords(model) {
  translations = model.get("words") ?? {};
}

/** A message in the user's language, its places filled. */
export function _(message, values = {}) {
  return (translations[message] ?? message).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** Mark a message for the catalog, and give it as it is. */
export function N_(message) {
  return message;
}

/** A number, or words with numbers, in which each minus is a true one: as the screen shows it, and no file. */
export function trueMinus(text) {
  return String(text).replace(/(^|[^\w.)-])-(?=\.?\d)/g, "$1−").replace(/(\de)-(?=\d)/g, "$1−");
}

// Signs that are drawn and not written: a system without a font of symbols shows an empty box for "⤢" or "❘❘".

const PATHS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z",
  first: "M2.5 2.5h2v11h-2zM13.5 2.5v11l-8-5.5z",
  previous: "M12 2.5v11L3 8z",
  next: "M3.5 2.5v11l7-5.5zM11.5 2.5h2v11h-2z",
  whole: "M9 2h5v5h-1.6V4.8L9.6 7.6 8.4 6.4l2.8-2.8H9zM2 9h1.6v2.2l2.8-2.8 1.2 1.2-2.8 2.8H7V14H2z",
  contrast: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 3v10a5 5 0 0 1 0-10z",
  nothing: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 3a5 5 0 0 1 3 1L4 11a5 5 0 0 1 4-8zM12 5a5 5 0 0 1-7 7z",
};

/** A sign as an element, in the color of the text around it. */
export function icon(name) {
  const made = document.createElement("span");
  made.className = "lw-icon";
  made.setAttribute("aria-hidden", "true");
  made.innerHTML = `<svg viewBox="0 0 16 16" width="14" height="14" fill="currentColor" fill-rule="evenodd"><path d="${PATHS[name]}"/></svg>`;
  return made;
}

// What the host typed, shown under the picture when the picture reaches the moment it was typed, for as long as one reads it.

import { show, write } from "./element.js";

const READ_MS = 4000;
const READ_EACH_MS = 180;
const KEPT = 20;
const HIDDEN = "gangbo.captions";

/** How long a line of `text` stands, in ms. */
export const readingTime = (text) => READ_MS + text.length * READ_EACH_MS;

/** Captions in `box`; `shownAt()` gives the instant on the picture in ms. */
export function makeCaptions({ box, words, shownAt }) {
  const place = box.querySelector("[data-captions]");
  const button = box.querySelector('[data-control="captions"]');
  const spoken = document.querySelector("[data-said-last]");
  let lines = [];
  let isHidden = kept();

  /** A caption that was typed: {id, at, text}. */
  function hear(line) {
    if (lines.some((each) => each.id === line.id)) return;
    lines = [...lines, line].slice(-KEPT);
    show(button, true);
    draw();
  }

  function draw() {
    const now = shownAt();
    const on = [...lines].reverse().find((line) => Date.parse(line.at) <= now);
    const isOn = on && now - Date.parse(on.at) < readingTime(on.text);
    show(place, Boolean(isOn) && !isHidden);
    if (isOn) write(place, on.text);
    if (on && spoken) write(spoken, on.text);
  }

  function toggle() {
    isHidden = !isHidden;
    try {
      localStorage.setItem(HIDDEN, isHidden ? "1" : "");
    } catch { /* Then it is asked again the next time. */ }
    button.setAttribute("aria-label", words(isHidden ? "captions_off" : "captions_on"));
    draw();
  }

  return { hear, draw, toggle };
}

function kept() {
  try {
    return localStorage.getItem(HIDDEN) === "1";
  } catch {
    return false;
  }
}

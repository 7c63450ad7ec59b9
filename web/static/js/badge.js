// Whether the line to the room holds: the badge, the cover over the picture, and how many are there.

import { show, write } from "./element.js";
import { count } from "./page.js";

const QUIET_MS = 1200;

/** What is drawn of the line; `find` looks in the whole page. */
export function makeBadge({ find, page, words }) {
  let coverTimer = 0;
  let wasDelayed = false;

  function drawCounts(counts) {
    for (const node of find("[data-viewers]")) write(node, count(counts.present, page.language));
    for (const node of find("[data-likes]")) write(node, count(counts.likes, page.language));
  }

  /** The badge and the cover: a line that is down is told after a moment, so that a hiccup shows nothing. */
  function drawLine({ standing, tries }) {
    clearTimeout(coverTimer);
    const isDown = standing === "down";
    const draw = () => {
      for (const badge of find("[data-badge]")) {
        badge.classList.toggle("off", isDown);
        write(badge.querySelector("[data-badge-words]") ?? badge, words(isDown ? "off_air" : "on_air"));
      }
      for (const cover of find("[data-cover]")) {
        show(cover, isDown);
        write(cover.querySelector("[data-cover-words]"), words("reconnecting", { n: tries }));
      }
      for (const card of find("[data-pin]")) card.classList.toggle("paused", isDown);
    };
    if (isDown && tries === 1) coverTimer = setTimeout(draw, QUIET_MS);
    else draw();
  }

  /** What happens comes late: the badge says so, and the words for it are told, until it is over. */
  function drawDelay(isDelayed, tell) {
    if (isDelayed === wasDelayed) return;
    wasDelayed = isDelayed;
    for (const badge of find("[data-badge]:not(.off)")) {
      write(badge.querySelector("[data-badge-words]") ?? badge, words(isDelayed ? "delayed" : "on_air"));
    }
    tell(words(isDelayed ? "told_delayed" : "told_in_time"));
  }

  return { drawCounts, drawLine, drawDelay };
}

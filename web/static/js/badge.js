// Whether the line to the room holds: the badge, the cover over the picture, and how many are there.

import { show, write } from "./element.js";
import { count } from "./page.js";

const QUIET_MS = 1200;

/** What is drawn of the line; `find` looks in the whole page. */
export function makeBadge({ find, page, words }) {
  let coverTimer = 0;
  let isDown = false;
  let isDelayed = false;

  function drawCounts(counts) {
    for (const node of find("[data-viewers]")) write(node, count(counts.present, page.language));
    for (const node of find("[data-likes]")) write(node, count(counts.likes, page.language));
  }

  /** The badge: cut off, on air, or on air with what happens coming late. */
  function drawBadge(which = "[data-badge]") {
    for (const badge of find(which)) {
      badge.classList.toggle("off", isDown);
      badge.classList.toggle("late", isDelayed && !isDown);
      const standing = isDown ? "off_air" : isDelayed ? "delayed" : "on_air";
      write(badge.querySelector("[data-badge-words]") ?? badge, words(standing));
    }
  }

  /** The badge and the cover: a line that is down is told after a moment, so that a hiccup shows nothing. */
  function drawLine({ standing, tries }) {
    clearTimeout(coverTimer);
    const draw = () => {
      isDown = standing === "down";
      drawBadge();
      for (const cover of find("[data-cover]")) {
        show(cover, isDown);
        write(cover.querySelector("[data-cover-words]"), words("reconnecting", { n: tries }));
      }
      for (const card of find("[data-pin]")) card.classList.toggle("paused", isDown);
    };
    if (standing === "down" && tries === 1) coverTimer = setTimeout(draw, QUIET_MS);
    else draw();
  }

  /** What happens comes late: the badge says so, and the words for it are told, until it is over. */
  function drawDelay(isNow, tell) {
    if (isNow === isDelayed) return;
    isDelayed = isNow;
    drawBadge("[data-badge]:not(.off)");
    tell(words(isDelayed ? "told_delayed" : "told_in_time"));
  }

  return { drawCounts, drawLine, drawDelay };
}

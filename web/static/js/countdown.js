// What is left until a session begins; when the time has come the page is asked again until the session is on.

import { show, write } from "./element.js";
import { duration } from "./page.js";

const ASK_AGAIN_MS = 15_000;
const A_DAY_MS = 86_400_000;

const place = document.querySelector("[data-countdown]");
const startsAt = Date.parse(place.dataset.at);
let askAt = 0;

function draw() {
  const left = startsAt - Date.now();
  show(place, left > 0 && left < A_DAY_MS);
  write(place.querySelector("[data-left]"), duration(left));
  if (left > 0 || document.hidden) return;
  if (!askAt) askAt = Date.now() + ASK_AGAIN_MS;
  else if (Date.now() > askAt) location.reload();
}

setInterval(draw, 1000);
draw();

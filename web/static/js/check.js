// The check before the broadcast: the host sees and hears what viewers will; whoever then starts goes on with the same devices.

import "./dialog.js";
import { clone, write } from "./element.js";
import { pageData, pageWords } from "./page.js";
import { makeStudioDesk } from "./studiodesk.js";

const HEARD = 0.2;
const LOOK_MS = 500;

const words = pageWords();
const rows = [...document.querySelectorAll(".checks > li")];
// What the page says of a row before anything was found.
const before = new Map(rows.map((row) => [row, row.querySelector("p").textContent]));
const root = document.querySelector("section[data-studio]");
if (root) {
  const desk = makeStudioDesk({ root, page: pageData(), words, mayGoOn: () => false });
  document.querySelector("[data-start]")?.addEventListener("submit", () => desk.keep({ goesOn: true }));
  desk.resume();
  setInterval(() => {
    const { isOpen, isMuted, loudest, height, frames } = desk.devices();
    const isHeard = isOpen && !isMuted && loudest >= HEARD;
    tell("picture", isOpen, isOpen ? words("check_picture", { height, frames }) : "");
    tell("sound", isHeard, isMuted ? words("check_muted") : isHeard ? words("check_heard") : "");
    const passed = rows.filter((row) => row.classList.contains("ok")).length;
    write(document.querySelector("[data-passed]"), words("check_passed", { all: rows.length, passed }));
  }, LOOK_MS);
}

/** Whether a row is passed, and what is found, if anything. */
function tell(name, isPassed, found) {
  const row = rows.find((each) => each.dataset.check === name);
  if (!row) return;
  const text = row.querySelector("p");
  write(text, found || before.get(row));
  if (row.classList.contains("ok") === isPassed) return;
  row.classList.toggle("ok", isPassed);
  row.classList.toggle("todo", !isPassed);
  text.classList.toggle("small", isPassed);
  text.classList.toggle("muted", isPassed);
  row.querySelector("svg").replaceWith(clone(isPassed ? "check-ok" : "check-todo"));
}

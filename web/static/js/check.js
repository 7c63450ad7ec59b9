// The check before the broadcast: the host sees and hears what viewers will; whoever then starts goes on with the same devices.

import "./dialog.js";
import { pageData, pageWords } from "./page.js";
import { makeStudioDesk } from "./studiodesk.js";

const root = document.querySelector("section[data-studio]");
if (root) {
  const desk = makeStudioDesk({ root, page: pageData(), words: pageWords(), mayGoOn: () => false });
  document.querySelector("[data-start]")?.addEventListener("submit", () => desk.keep({ goesOn: true }));
  desk.resume();
}

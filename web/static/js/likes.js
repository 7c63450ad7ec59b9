// Likes: taps are gathered and sent at most once a second; one's own count at once.

import { show, write } from "./element.js";
import { count } from "./page.js";

const GATHER_MS = 1000;
const MOST = 50;

/** Let `button` like; the number is the room's own plus what is not told of yet. */
export function makeLikes({ button, counter, connection, language }) {
  if (!button) return;
  let gathered = 0;
  let timer = 0;
  show(button, true);

  button.addEventListener("click", () => {
    if (!connection.isOpen) return;
    gathered = Math.min(MOST, gathered + 1);
    write(counter, count(connection.state.counts.likes + gathered, language));
    if (!timer) timer = setTimeout(flush, GATHER_MS);
  });

  function flush() {
    connection.send("like", { count: gathered });
    gathered = timer = 0;
  }
}

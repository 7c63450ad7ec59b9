// The chat: the newest lines at the bottom; while somebody reads further up nothing moves and new lines are counted.

import { arrange, show, write } from "./element.js";
import { chatNode } from "./print.js";

const NEAR_BOTTOM_PX = 40;

/** The list `list` with its button for new lines; `decorate(node, line)` may add to a line (moderation). */
export function makeChat({ list, button, words, decorate = () => {} }) {
  const made = new Map();
  for (const node of list.querySelectorAll("li[data-id]")) made.set(node.dataset.id, { node, line: null });
  const start = list.querySelector("[data-chat-start]");
  const isEmpty = made.size === 0;
  let lines = [];
  let me = null;
  let isHeld = false;
  let seen = new Set();
  let lastTop = 0;

  // Only who scrolls up is reading; a list that became shorter has been scrolled by nobody.
  list.addEventListener("scroll", () => {
    const isUp = list.scrollTop < lastTop;
    lastTop = list.scrollTop;
    if (isHeld && isAtBottom()) release();
    else if (!isHeld && isUp && !isAtBottom()) isHeld = true;
  });
  new ResizeObserver(() => isHeld || toBottom()).observe(list);
  button?.addEventListener("click", () => {
    release();
    list.focus({ preventScroll: true });
  });
  toBottom();

  function draw(newLines, person) {
    lines = newLines;
    me = person;
    if (!isHeld) {
      drawNow();
      return;
    }
    dropHidden();
    const waiting = lines.filter((line) => !seen.has(line.id)).length;
    write(button, words("new_messages", { n: waiting }));
    show(button, waiting > 0);
  }

  function drawNow() {
    const nodes = lines.map(nodeOf);
    const isStarting = start && (!isEmpty || lines.length === 0);
    arrange(list, [...(isStarting ? [start] : []), ...nodes]);
    seen = new Set(lines.map((line) => line.id));
    for (const id of made.keys()) if (!seen.has(id)) made.delete(id);
    show(button, false);
    toBottom();
  }

  /** A line that was hidden leaves at once, even while somebody reads. */
  function dropHidden() {
    const standing = new Set(lines.map((line) => line.id));
    const oldest = lines[0] ? Date.parse(lines[0].at) : 0;
    for (const [id, { node, line }] of made) {
      if (!standing.has(id) && line && Date.parse(line.at) >= oldest) node.remove();
    }
  }

  function nodeOf(line) {
    const known = made.get(line.id);
    if (known && (known.line === null || known.line === line)) {
      known.line = line;
      decorate(known.node, line);
      return known.node;
    }
    const node = chatNode(line, me, words);
    node.dataset.id = line.id;
    decorate(node, line);
    made.set(line.id, { node, line });
    return node;
  }

  function release() {
    isHeld = false;
    drawNow();
  }

  function isAtBottom() {
    return list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;
  }

  function toBottom() {
    list.scrollTop = list.scrollHeight;
    lastTop = list.scrollTop;
  }

  return { draw, toBottom: () => isHeld || toBottom() };
}

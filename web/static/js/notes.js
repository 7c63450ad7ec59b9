// Notes between the lines of chat, made here and told to nobody: how many applied for what just now.

import { pinned } from "./state.js";

const GATHER_MS = 10_000;
const KEPT = 5;

/** Gathers what happens and gives it back as lines; `changed` is called when there is a new one. */
export function makeNotes({ words, at, changed }) {
  let notes = [];
  let number = 0;
  let gathered = null;

  /** Hear of an event before and after which the room was as given. */
  function hear(event, before) {
    if (event.kind !== "applied") return;
    const position = before?.positions.find((each) => each.id === event.position_id);
    const more = position ? event.applied - position.applied : 0;
    if (more <= 0 || position.id !== pinned(before)?.id) return;
    if (gathered?.title !== position.title) gathered = { title: position.title, count: 0, timer: gathered?.timer };
    gathered.count += more;
    gathered.timer ??= setTimeout(tell, GATHER_MS);
  }

  function tell() {
    number += 1;
    const text = words("applied_count", { n: gathered.count, title: gathered.title });
    notes = [...notes, { id: `n${number}`, isNote: true, text, at: new Date(at()).toISOString() }].slice(-KEPT);
    gathered = null;
    changed();
  }

  /** The lines of chat with the notes among them, by time. */
  function among(lines) {
    if (notes.length === 0) return lines;
    return [...lines, ...notes].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }

  return { hear, among };
}

// The host's captions: typed or pasted as lines, sent one by one from the top, so that a prepared text is read along.

import { show, write } from "./element.js";

const LONGEST = 200;

/** The box data-notes: `failed(error)` hears why a line was not sent; it stays then. */
export function makeCaptioning({ box, words, connection, failed }) {
  const form = box.querySelector("[data-notes-form]");
  const text = box.querySelector("[data-notes-text]");
  let isSending = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  text.addEventListener("input", draw);

  async function send() {
    const [line, ...rest] = linesOf(text.value);
    if (!line || isSending) return;
    isSending = true;
    try {
      await connection.ask("caption", { text: line });
      text.value = rest.join("\n");
      draw();
    } catch (error) {
      failed(error);
    } finally {
      isSending = false;
    }
  }

  function draw() {
    const left = linesOf(text.value).length;
    write(box.querySelector("[data-notes-left]"), left ? words("notes_left", { n: left }) : "");
  }

  show(box, true);
}

/** The lines of a text that are worth sending; one that is too long is cut where a sentence or a word ends. */
export function linesOf(text) {
  return text.split("\n").flatMap((line) => cut(line.trim())).filter(Boolean);
}

function cut(line) {
  if (line.length <= LONGEST) return [line];
  const end = Math.max(...[..."。！？；.!?; ，,"].map((sign) => line.lastIndexOf(sign, LONGEST - 1))) + 1 || LONGEST;
  return [line.slice(0, end).trim(), ...cut(line.slice(end).trim())];
}

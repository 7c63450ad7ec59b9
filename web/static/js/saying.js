// The entry at the bottom: a line of chat or a question, kept in the field until it is sent, too fast told with the wait.

import { show, write } from "./element.js";
import { newKey } from "./page.js";

const SHOWN_MS = 4000;

/**
 * Make the form inside `box` (data-say) send by the socket. `type` is `say` or `ask`; `sent(reply)` follows.
 * Gives a function that says whether sending is possible now.
 */
export function makeEntry({ box, type, connection, words, said, sent = () => {} }) {
  const form = box.querySelector("[data-say-form]");
  const input = form.elements.text;
  const button = form.querySelector('button[type="submit"]');
  let key = null;
  let clear = 0;
  show(box, true);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(input.value);
  });
  input.addEventListener("input", () => {
    key = null;
  });

  async function send(text) {
    if (!text.trim() || button.disabled) return;
    key ??= newKey();
    button.disabled = true;
    try {
      const reply = await connection.ask(type, { text }, key);
      if (input.value === text) input.value = "";
      key = null;
      tell(said ? words(said) : "");
      sent(reply);
      button.disabled = false;
    } catch (error) {
      failed(error);
    }
  }

  function failed(error) {
    const seconds = Math.max(1, Math.ceil((error.retry_after_ms ?? 0) / 1000));
    if (error.code === "rate_limited") {
      tell(words("too_fast", { n: seconds }), true);
      setTimeout(() => {
        button.disabled = false;
        tell("");
      }, error.retry_after_ms);
      return;
    }
    button.disabled = false;
    const known = { muted: "muted", long_text: "too_long", sign_in: "sign_in", offline: "offline", not_live: "not_live", not_permitted: "not_permitted" };
    tell(words(known[error.code] ?? "not_sent"), true);
  }

  function tell(line, isBad = false) {
    const place = box.querySelector("[data-said]") ?? box.parentElement.querySelector("[data-said]");
    if (!place) return;
    clearTimeout(clear);
    write(place, line);
    place.classList.toggle("bad", isBad);
    if (line && !isBad) clear = setTimeout(() => write(place, ""), SHOWN_MS);
  }

  return { send, focus: () => input.focus(), fill: (text) => { input.value = text; } };
}

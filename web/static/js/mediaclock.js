// Pins on the media clock: a viewer whose picture comes late sees the card when the picture reaches the moment it was pinned.

const HELD_AT_MOST_MS = 20_000;
const NEAR_MS = 250;

/**
 * `pinOf(room)` gives the pin that belongs to the picture; `moment()` is the instant on it (null: no picture, nothing is
 * held), `at()` the server's clock, `due()` is called when a pin that was held has come.
 */
export function makeMediaClock({ moment, at, due }) {
  let shown = null;
  let isFirst = true;
  let timer = 0;

  function pinOf(room) {
    clearTimeout(timer);
    const { pin } = room;
    if (isFirst || pin?.id === shown?.id) {
      isFirst = false;
      shown = pin;
      return pin;
    }
    const wait = waitFor(pin);
    if (wait <= NEAR_MS) {
      shown = pin;
      return pin;
    }
    timer = setTimeout(due, Math.min(wait, 1000));
    return shown;
  }

  /** What still lies between the picture and the moment of `pin`, in ms; a pin that was taken off is not waited for. */
  function waitFor(pin) {
    const on = moment();
    if (!pin || on === null) return 0;
    const pinnedAt = Date.parse(pin.started_at);
    if (at() - pinnedAt > HELD_AT_MOST_MS) return 0;
    return pinnedAt - on;
  }

  return { pinOf };
}

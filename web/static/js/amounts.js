// How much data a way of following takes, by what came: megabytes an hour, of the picture and of the sound alone.

const SETTLES_S = 3;
const LEAST_S = 5;

/** Call `begin` when one begins to follow in some way, `came` with the bytes of each message or segment. */
export function makeAmounts(now = () => performance.now() / 1000) {
  const hourly = new Map();
  let way = "";
  let begunAt = 0;
  let since = 0;
  let bytes = 0;

  function begin(wanted) {
    way = wanted;
    begunAt = now();
    since = bytes = 0;
  }

  function came(size) {
    const at = now();
    // What was there already comes at once, and says nothing of an hour.
    if (at - begunAt < SETTLES_S) return;
    if (!since) {
      since = at;
      return;
    }
    bytes += size;
    if (at - since >= LEAST_S) hourly.set(way, Math.max(1, Math.round((bytes / (at - since)) * 0.0036)));
  }

  return { begin, came, hourly: (wanted) => hourly.get(wanted) ?? null };
}

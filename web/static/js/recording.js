// What the browser makes of picture and sound: one MediaRecorder, its container and its pieces in order.

const SOUND_BITS = 64_000;
const KEY_EACH_MS = 1000;
const BEGINS_WITHIN_MS = 6000;

/** Containers by preference: what every browser plays first, what every browser records last. */
const CONTAINERS = [
  'video/mp4;codecs="avc1.64001F,mp4a.40.2"',
  'video/mp4;codecs="avc1.42E01E,mp4a.40.2"',
  'video/mp4;codecs="avc1.64001F,opus"',
  'video/mp4;codecs="avc1.42E01E,opus"',
  'video/webm;codecs="vp8,opus"',
];

// Short pieces even of mp4: where its fragments are a second long, waiting for a second loses every other one its turn.
// Apple's recorder makes no shorter ones and gives empty pieces when asked to.
const PIECE_MS = "WebKitPlaybackTargetAvailabilityEvent" in window ? 1000 : 250;

/** The containers that this browser records, the best first. */
export function containers() {
  if (typeof MediaRecorder === "undefined") return [];
  return CONTAINERS.filter((mime) => MediaRecorder.isTypeSupported(mime));
}

/**
 * Record `stream` from now on: `begun()` at the zero of its clock, then `piece(buffer)` for each piece in order, `failed()`
 * when the browser gives up, `failed("not_begun")` when it never begins: a track brings nothing. The answer ends it.
 */
export function record(stream, { container, bits, begun, piece, failed }) {
  const recorder = new MediaRecorder(stream, {
    mimeType: container,
    videoBitsPerSecond: bits,
    audioBitsPerSecond: SOUND_BITS,
    videoKeyFrameIntervalDuration: KEY_EACH_MS,
  });
  let isOver = false;
  const waiting = setTimeout(() => isOver || failed("not_begun"), BEGINS_WITHIN_MS);
  // Pieces are read one after another: a large one must not be overtaken by the small one behind it.
  let reading = Promise.resolve();
  recorder.addEventListener("start", () => {
    clearTimeout(waiting);
    if (!isOver) begun();
  });
  recorder.addEventListener("error", () => isOver || failed("recorder"));
  recorder.addEventListener("stop", () => isOver || failed("recorder"));
  recorder.addEventListener("dataavailable", ({ data }) => {
    if (isOver || !data.size) return;
    reading = reading.then(() => data.arrayBuffer()).then((buffer) => isOver || piece(buffer));
  });
  recorder.start(PIECE_MS);
  return () => {
    isOver = true;
    clearTimeout(waiting);
    if (recorder.state !== "inactive") recorder.stop();
  };
}

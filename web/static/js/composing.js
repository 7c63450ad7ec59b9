// The picture that is sent, drawn on a canvas: camera, screen or both, or the card of a pause. What it is made of can change
// while it is recorded, so that a change of source is no new stream.

const INSET_SHARE = 0.26;
const MARGIN_SHARE = 0.025;
const INK = "#f4f1ec";
const GROUND = "#15181b";

/** A picture of `step`'s size; `metronome` is the address of the ticking worker, `card` the words of a pause. */
export function makePicture({ metronome, card }) {
  const canvas = document.createElement("canvas");
  // Without an alpha channel: some encoders send the empty one beside the picture, which players then trip over.
  const pen = canvas.getContext("2d", { alpha: false });
  const camera = video();
  const screen = video();
  const ticker = new Worker(metronome);
  let isPaused = false;
  let taken = null;

  ticker.addEventListener("message", () => {
    draw();
    ticker.postMessage("done");
  });

  /** Draw at the size and the rate of `step` from now on. */
  function resize(step) {
    canvas.width = step.width;
    canvas.height = step.height;
    ticker.postMessage(Math.round(1000 / step.frames));
    draw();
  }

  function show({ cameraStream = null, screenStream = null }) {
    attach(camera, cameraStream);
    attach(screen, screenStream);
  }

  function pause(isOn) {
    isPaused = isOn;
    draw();
  }

  function draw() {
    pen.fillStyle = GROUND;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    const [hasCamera, hasScreen] = [camera, screen].map((each) => each.srcObject && each.videoWidth > 0);
    if (isPaused) drawCard(card());
    else if (hasScreen) {
      whole(screen);
      if (hasCamera) inset(camera);
    } else if (hasCamera) filled(camera, 0, 0, canvas.width, canvas.height);
    else drawCard(card());
  }

  /** All of the screen, with bars where its shape differs: nothing that is read may be cut off. */
  function whole(source) {
    const scale = Math.min(canvas.width / source.videoWidth, canvas.height / source.videoHeight);
    const [width, height] = [source.videoWidth * scale, source.videoHeight * scale];
    pen.drawImage(source, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
  }

  function inset(source) {
    const width = Math.round(canvas.width * INSET_SHARE);
    const height = Math.round(width * 9 / 16);
    const margin = Math.round(canvas.width * MARGIN_SHARE);
    filled(source, canvas.width - width - margin, canvas.height - height - margin, width, height);
  }

  /** The middle of a source, as large as its place; a phone held upright loses its top and bottom. */
  function filled(source, x, y, width, height) {
    const scale = Math.max(width / source.videoWidth, height / source.videoHeight);
    const [cutWidth, cutHeight] = [width / scale, height / scale];
    const [left, top] = [(source.videoWidth - cutWidth) / 2, (source.videoHeight - cutHeight) / 2];
    pen.drawImage(source, left, top, cutWidth, cutHeight, x, y, width, height);
  }

  function drawCard({ title, line }) {
    const size = Math.round(canvas.height / 10);
    pen.fillStyle = INK;
    pen.textAlign = "center";
    pen.font = `600 ${size}px system-ui, sans-serif`;
    pen.fillText(title, canvas.width / 2, canvas.height / 2, canvas.width * 0.9);
    pen.font = `${Math.round(size * 0.5)}px system-ui, sans-serif`;
    pen.fillText(line, canvas.width / 2, canvas.height / 2 + size, canvas.width * 0.9);
  }

  function close() {
    ticker.terminate();
    taken?.stop();
    attach(camera, null);
    attach(screen, null);
  }

  /** The picture as a track; the one that was taken before ends. */
  function track(frames) {
    taken?.stop();
    [taken] = canvas.captureStream(frames).getVideoTracks();
    return taken;
  }

  return { canvas, resize, show, pause, close, track };
}

function video() {
  const made = document.createElement("video");
  made.muted = true;
  made.playsInline = true;
  return made;
}

function attach(element, stream) {
  if (element.srcObject === stream) return;
  element.srcObject = stream;
  if (stream) element.play().catch(() => {});
}

// A picture that can be read. The camera draws the time as a bar code; shownAt() reads it back from what a page shows.
(() => {
  const BITS = 24;
  const WRAP = 1 << BITS;
  const [WIDTH, HEIGHT, TOP, BAR] = [640, 360, 150, 60];
  const STEP = WIDTH / (BITS + 2);

  /** Bars of a Gray code: a frame that was drawn between two moments reads as one of them, never as a third. */
  function draw(pen) {
    const time = Date.now() % WRAP;
    const code = time ^ (time >> 1);
    pen.fillStyle = `hsl(${(time / 40) % 360} 60% 40%)`;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    for (let place = 0; place < BITS + 2; place += 1) {
      const isLit = place === 0 || (place <= BITS && (code >> (BITS - place)) & 1);
      pen.fillStyle = isLit ? "#fff" : "#000";
      pen.fillRect(Math.round(place * STEP), TOP, Math.ceil(STEP), BAR);
    }
  }

  function camera() {
    const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
    const pen = canvas.getContext("2d", { alpha: false });
    setInterval(() => draw(pen), 33);
    draw(pen);
    return canvas.captureStream(30).getTracks();
  }

  /** The instant that `video` shows, in ms since 1970; null when no clock can be read. */
  window.shownAt = (video) => {
    if (!video?.videoWidth) return null;
    const canvas = (window.clockReader ??= Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT }));
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const row = pen.getImageData(0, TOP + BAR / 2, WIDTH, 1).data;
    const light = (place) => row[Math.round((place + 0.5) * STEP) * 4];
    if (light(0) < 140 || light(BITS + 1) > 110) return null;
    let time = 0;
    for (let place = 1; place <= BITS; place += 1) time = (time << 1) | (light(place) > 128);
    for (let shift = 1; shift < BITS; shift <<= 1) time ^= time >> shift;
    const now = Date.now();
    return now - ((((now - time) % WRAP) + WRAP) % WRAP);
  };

  /** Wait until the picture of the page shows an instant after `since`, and for one before `until`; whether it did in time. */
  window.shows = ({ since = 0, until = Infinity, within }) => new Promise((done) => {
    const begun = performance.now();
    const look = setInterval(() => {
      const at = window.shownAt(document.querySelector("[data-video]"));
      const isShown = at !== null && at > since && at < until;
      if (!isShown && performance.now() - begun < within) return;
      clearInterval(look);
      done(isShown);
    }, 20);
  });

  /** How far behind each presented frame is for so many seconds: {delays: [ms], unreadable}. */
  window.watchClock = (video, seconds) => new Promise((done) => {
    const seen = { delays: [], unreadable: 0 };
    const look = () => {
      const at = window.shownAt(video);
      if (at === null) seen.unreadable += 1;
      else seen.delays.push(Date.now() - at);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    setTimeout(() => done(seen), seconds * 1000);
  });

  // Only the camera is ours: the microphone is the browser's own, as its flags make it.
  const devices = window.MediaDevices?.prototype;
  const open = devices?.getUserMedia;
  if (devices) {
    devices.getUserMedia = async function getUserMedia({ audio, video }) {
      const heard = audio ? (await open.call(this, { audio: true })).getTracks() : [];
      return new MediaStream([...(video ? camera() : []), ...heard]);
    };
  }
})();

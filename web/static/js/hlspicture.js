// The picture by HLS: through hls.js, which is loaded only now, or by the browser itself where that is Apple's or hls.js cannot.

const RETRIES_AT_MOST = 4;
const STALLED_MS = 15_000;

/** Plays `address` on `video`; `script` is where hls.js lies. Calls: began(), received(bytes), failed(reason). */
export class HlsPicture {
  #video;
  #address;
  #script;
  #calls;
  #player = null;
  #stall = 0;
  #isOver = false;
  #tries = 0;
  #lastTime = 0;

  constructor(video, address, script, calls) {
    this.#video = video;
    this.#address = address;
    this.#script = script;
    this.#calls = calls;
    this.onLoaded = () => this.#isOver || calls.began();
    this.onError = () => this.#player || this.#fail("native");
  }

  async open() {
    this.#video.addEventListener("loadeddata", this.onLoaded);
    this.#video.addEventListener("error", this.onError);
    const isNative = this.#video.canPlayType("application/vnd.apple.mpegurl") !== "";
    if (isNative && "WebKitPlaybackTargetAvailabilityEvent" in window) return this.#native();
    try {
      await loadOnce(this.#script);
    } catch {
      return isNative ? this.#native() : this.#fail("script");
    }
    if (this.#isOver) return undefined;
    if (!window.Hls?.isSupported()) return isNative ? this.#native() : this.#fail("unsupported");
    return this.#withPlayer(window.Hls);
  }

  close() {
    this.#isOver = true;
    clearInterval(this.#stall);
    this.#video.removeEventListener("loadeddata", this.onLoaded);
    this.#video.removeEventListener("error", this.onError);
    this.#player?.destroy();
    this.#player = null;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  /** The instant that is on the picture now, in ms since 1970; null where the player cannot say. */
  moment() {
    const date = this.#player ? this.#player.playingDate : this.#start();
    return date ? date.getTime() : null;
  }

  #start() {
    const start = this.#video.getStartDate?.();
    return start && !Number.isNaN(start.getTime()) ? new Date(start.getTime() + this.#video.currentTime * 1000) : null;
  }

  #native() {
    this.#video.src = this.#address;
    this.#watchStall();
  }

  #withPlayer(Hls) {
    const player = new Hls({
      liveSyncDurationCount: 2, liveMaxLatencyDurationCount: 8, maxLiveSyncPlaybackRate: 1.1, backBufferLength: 30,
    });
    this.#player = player;
    player.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      this.#tries += 1;
      if (this.#tries > RETRIES_AT_MOST || data.details === "manifestLoadError") this.#fail(data.details);
      else if (data.type === Hls.ErrorTypes.MEDIA_ERROR) player.recoverMediaError();
      else player.startLoad();
    });
    player.on(Hls.Events.FRAG_LOADED, (_event, { frag }) => this.#calls.received(frag.stats.loaded));
    player.on(Hls.Events.FRAG_BUFFERED, () => {
      this.#tries = 0;
    });
    player.attachMedia(this.#video);
    player.loadSource(this.#address);
    this.#watchStall();
  }

  /** A picture that stands still though it should play has failed, even where nobody says so. */
  #watchStall() {
    let since = performance.now();
    this.#stall = setInterval(() => {
      const { currentTime, paused } = this.#video;
      if (paused || currentTime !== this.#lastTime) since = performance.now();
      this.#lastTime = currentTime;
      if (performance.now() - since > STALLED_MS) this.#fail("stalled");
    }, 1000);
  }

  #fail(reason) {
    if (this.#isOver) return;
    this.close();
    this.#calls.failed(reason);
  }
}

let loading = null;

/** Load a script of our own once; the promise fails when it cannot be had. */
export function loadOnce(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      loading = null;
      reject(new Error("script"));
    });
    document.head.append(script);
  });
  return loading;
}

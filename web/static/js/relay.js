// The picture over a websocket: each message is appended to a MediaSource as it comes. Gives up by `failed(reason)`, never by
// silence; what plays then is the page's affair. Messages and close codes are in docs/media.md.

import { waitBefore } from "./connection.js";
import { post } from "./page.js";

const KEPT_BEHIND_S = 20;
const TRIES_AT_MOST = 6;
const TRIES_UNHEARD = 2;
const SILENCE_MS = 8000;
const QUEUED_AT_MOST = 200;

/** Close code → why this way of watching is over. */
const ENDS = { 4001: "expired", 4002: "version", 4003: "banned", 4004: "closed", 4005: "ended", 4007: "elsewhere", 4008: "slow" };

const Source = window.ManagedMediaSource ?? window.MediaSource;

/** Whether this browser can take a picture piece by piece. */
export const canRelay = Boolean(Source && window.WebSocket);

/**
 * Watches on `video`; `only` is "sound" for that alone, else null. Calls: began({stream, zero_ms, zero_at}),
 * message(paused | soundless | waiting | ended | connecting), received(bytes), appended(), failed(reason).
 */
export class Relay {
  #video;
  #page;
  #calls;
  #socket = null;
  #timer = 0;
  #silence = 0;
  #tries = 0;
  #isOver = false;
  #source = null;
  #buffer = null;
  #queue = [];
  #mayAppend = true;
  #address = "";
  #hasPicture = false;
  #wasHeard = false;
  #on = null;

  constructor(video, { ticketUrl, token, session, only }, calls) {
    this.#video = video;
    this.#page = { ticketUrl, token, session, only };
    this.#calls = calls;
    this.now = this.now.bind(this);
    addEventListener("online", this.now);
  }

  open() {
    this.#connect();
  }

  /** Return at once, when a return is being waited for. */
  now() {
    if (!this.#isOver && !this.#socket && this.#timer) this.#connect();
  }

  close() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    removeEventListener("online", this.now);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    this.#forget();
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    let ticket;
    try {
      ticket = await post(this.#page.ticketUrl, {}, this.#page.token);
    } catch (error) {
      if (error.error === "ended") this.#fail("ended");
      else if ([401, 403, 404].includes(error.status)) this.#fail("closed");
      else this.#later(1006);
      return;
    }
    if (this.#isOver || this.#socket) return;
    const socket = new WebSocket(ticket.url, "gangbo.picture.v1");
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const { session, only } = this.#page;
      socket.send(JSON.stringify({ type: "watch", ticket: ticket.ticket, session, only }));
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket !== socket) return;
      if (typeof data === "string") this.#heard(JSON.parse(data));
      else this.#append(data);
    });
    socket.addEventListener("close", ({ code }) => this.#socket === socket && this.#closed(code));
  }

  #heard(message) {
    clearTimeout(this.#silence);
    this.#wasHeard = true;
    if (message.type === "began") this.#begun(message);
    else if (message.type !== "skipped") {
      this.#hasPicture = false;
      this.#calls.message(message);
    }
  }

  /** A stream that was silent and goes on is the one that is here, and sends no init again. */
  #begun(message) {
    if (!Source.isTypeSupported(message.mime)) {
      this.#fail("mime");
      return;
    }
    if (this.#on !== message.stream) this.#begin(message);
    this.#hasPicture = true;
    this.#listen();
    this.#calls.began(message);
  }

  #begin(message) {
    this.#forget();
    this.#on = message.stream;
    const source = new Source();
    this.#source = source;
    this.#mayAppend = Source !== window.ManagedMediaSource;
    source.addEventListener("startstreaming", () => this.#flow(true));
    source.addEventListener("endstreaming", () => this.#flow(false));
    source.addEventListener("sourceopen", () => {
      if (this.#source !== source || this.#buffer) return;
      this.#buffer = source.addSourceBuffer(message.mime);
      this.#buffer.addEventListener("updateend", () => this.#updated());
      this.#buffer.addEventListener("error", () => this.#source === source && this.#fail("decode"));
      this.#feed();
    });
    // A managed source plays only where the picture cannot be sent on to a television.
    if (Source === window.ManagedMediaSource) this.#video.disableRemotePlayback = true;
    this.#address = URL.createObjectURL(source);
    this.#video.src = this.#address;
  }

  #flow(mayAppend) {
    this.#mayAppend = mayAppend;
    if (mayAppend) this.#feed();
  }

  #append(data) {
    if (!this.#source) return;
    this.#listen();
    this.#calls.received(data.byteLength);
    this.#queue.push(data);
    if (this.#queue.length > QUEUED_AT_MOST) this.#fail("behind");
    else this.#feed();
  }

  #feed() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || !this.#queue.length || this.#source.readyState !== "open") return;
    if (!this.#mayAppend && this.#hasAhead()) return;
    try {
      buffer.appendBuffer(this.#queue[0]);
      this.#queue.shift();
    } catch (error) {
      if (error.name !== "QuotaExceededError") this.#fail("decode");
      else if (!this.#trim(1)) this.#fail("behind");
    }
  }

  #hasAhead() {
    const { buffered, currentTime } = this.#video;
    return buffered.length > 0 && buffered.end(buffered.length - 1) - currentTime > 1;
  }

  #updated() {
    if (!this.#buffer) return;
    this.#calls.appended();
    if (!this.#trim(KEPT_BEHIND_S)) this.#feed();
  }

  /** Throw away what was seen more than `keep` seconds ago; whether there was any. */
  #trim(keep) {
    const { buffered } = this.#buffer;
    const until = this.#video.currentTime - keep;
    if (!buffered.length || buffered.start(0) >= until - 5 || this.#buffer.updating) return false;
    this.#buffer.remove(buffered.start(0), until);
    return true;
  }

  #listen() {
    this.#tries = 0;
    clearTimeout(this.#silence);
    // Without bytes and without word why there are none, the line is dead.
    this.#silence = setTimeout(() => this.#hasPicture && this.#drop(), SILENCE_MS);
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(1006);
    socket.close(4900);
  }

  #closed(code) {
    clearTimeout(this.#silence);
    this.#socket = this.#on = null;
    if (this.#isOver) return;
    if (code in ENDS && code !== 4001) this.#fail(ENDS[code]);
    else {
      this.#calls.message({ type: "connecting" });
      this.#later(code);
    }
  }

  #later(code) {
    this.#tries += 1;
    // A line that never opened is likely forbidden on the way; one that broke is likely to mend.
    if (this.#tries >= (this.#wasHeard ? TRIES_AT_MOST : TRIES_UNHEARD)) this.#fail("line");
    else this.#timer = setTimeout(() => this.#connect(), waitBefore(code, this.#tries));
  }

  #fail(reason) {
    if (this.#isOver) return;
    this.close();
    this.#calls.failed(reason);
  }

  #forget() {
    this.#on = null;
    this.#source = this.#buffer = null;
    this.#queue = [];
    if (!this.#address) return;
    URL.revokeObjectURL(this.#address);
    this.#address = "";
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}

// The line that takes the picture to the live process: what is recorded goes out piece by piece. When it breaks it comes
// back by itself, with a new recorder on the same devices; the words of each message are in docs/media.md.

import { waitBefore } from "./connection.js";
import { post } from "./page.js";
import { containers, record } from "./recording.js";

const BROKEN_WITHIN_MS = 60_000;
const BROKEN_AT_MOST = 3;
const HELD_BACK_MS = 3000;

/** Close code → why the line ended for good. */
const ENDS = { 4001: "expired", 4002: "version", 4003: "banned", 4004: "closed", 4005: "ended", 4014: "not_your_turn", 4015: "replaced" };

/**
 * Publishes `source()` = {stream, step, mayRecord} on the page's session. Calls: standing(name, message) with `connecting`,
 * `on`, `down`, or why it ended; note(message) each two seconds; tooSlow() when the line holds back more than it should; soundless() when a recorder
 * waits in vain for a track, which is the sound.
 */
export class Publishing {
  #page;
  #source;
  #calls;
  #socket = null;
  #stopRecording = null;
  #timer = 0;
  #tries = 0;
  #container = 0;
  #broken = [];
  #isWanted = false;
  #isReady = false;

  constructor({ ticketUrl, token, session }, source, calls) {
    this.#page = { ticketUrl, token, session };
    this.#source = source;
    this.#calls = calls;
    addEventListener("online", () => this.#now());
  }

  get isWanted() {
    return this.#isWanted;
  }

  begin() {
    this.#isWanted = true;
    this.#connect();
  }

  /** A new recorder on what `source` now gives: another size, another sound. */
  again() {
    if (this.#isReady) this.#record();
  }

  end() {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#stop();
    this.#send({ type: "end" });
    this.#socket?.close(1000);
    this.#socket = null;
    this.#calls.standing("off");
  }

  #now() {
    if (!this.#isWanted || this.#socket) return;
    this.#connect();
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#calls.standing("connecting");
    let ticket;
    try {
      ticket = await post(this.#page.ticketUrl, { role: "publish" }, this.#page.token);
    } catch (error) {
      if (error.error === "ended") this.#over("ended");
      else if (error.status === 403 || error.status === 404) this.#over("not_your_turn");
      else if (error.status === 401 || error.error === "stale_form") this.#over("version");
      else this.#later(1006);
      return;
    }
    if (!this.#isWanted || this.#socket) return;
    const socket = new WebSocket(ticket.url, "gangbo.picture.v1");
    this.#socket = socket;
    socket.addEventListener("open", () => this.#send({ type: "publish", ticket: ticket.ticket, session: this.#page.session }));
    socket.addEventListener("message", ({ data }) => this.#socket === socket && this.#heard(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => this.#socket === socket && this.#closed(code));
  }

  #heard(message) {
    if (message.type === "ready") {
      this.#isReady = true;
      this.#tries = 0;
      this.#record();
    } else if (message.type === "began") this.#calls.standing("on", message);
    else if (message.type === "note") this.#calls.note(message);
    else if (message.type === "broken") this.#again(message.reason);
  }

  #record() {
    this.#stop();
    const offered = containers();
    const { stream, step, mayRecord } = this.#source();
    if (!offered.length) {
      this.#over("no_recorder");
      return;
    }
    const container = offered[Math.min(this.#container, offered.length - 1)];
    this.#stopRecording = record(stream, {
      container,
      bits: step.bits,
      begun: () => this.#send({
        type: "begin", mime: container, width: step.width, height: step.height, frame_rate: step.frames,
        bits_per_second: step.bits, has_consent: mayRecord,
      }),
      piece: (buffer) => this.#take(buffer, step),
      failed: (reason) => {
        if (reason === "not_begun") this.#calls.soundless();
        this.#again("recorder");
      },
    });
  }

  #take(buffer, step) {
    if (!this.#isReady) return;
    this.#socket.send(buffer);
    if (this.#socket.bufferedAmount > (step.bits / 8) * (HELD_BACK_MS / 1000)) this.#calls.tooSlow();
  }

  /** What came was not understood, or the recorder gave up: a new one, after the third time in another container. */
  #again(reason) {
    const now = performance.now();
    this.#broken = [...this.#broken.filter((at) => now - at < BROKEN_WITHIN_MS), now];
    if (this.#broken.length >= BROKEN_AT_MOST) {
      this.#broken = [];
      this.#container += 1;
      if (this.#container >= containers().length) {
        this.#over(reason === "recorder" ? "no_recorder" : "not_understood");
        return;
      }
    }
    this.again();
  }

  #closed(code) {
    this.#isReady = false;
    this.#socket = null;
    this.#stop();
    if (!this.#isWanted) return;
    if (code in ENDS && (code !== 4001 || this.#tries > 2)) this.#over(ENDS[code]);
    else this.#later(code);
  }

  #later(code) {
    this.#tries += 1;
    this.#calls.standing("down", { tries: this.#tries });
    this.#timer = setTimeout(() => this.#now(), waitBefore(code, this.#tries));
  }

  #over(reason) {
    this.#isWanted = false;
    this.#isReady = false;
    this.#stop();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    this.#calls.standing(reason);
  }

  #stop() {
    this.#stopRecording?.();
    this.#stopRecording = null;
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

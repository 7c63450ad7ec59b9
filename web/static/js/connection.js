// The line to the live room: asks the site for a ticket, enters, follows the ticks, comes back when the line breaks.
// What the protocol says of each close code is a table here; what the page does about it is the page's affair.

import { empty, ticked, told, welcomed } from "./state.js";
import { newKey, post } from "./page.js";

const SILENCE_MS = 15_000;
const ANSWER_WITHIN_MS = 8_000;
const LONGEST_WAIT_MS = 30_000;
const TICKETS_IN_A_ROW = 3;

/** Close code → [shortest, longest] wait in ms before the return; a code that is absent ends the line. */
const RETURNS = {
  4001: [0, 0], 4008: [0, 1000], 4009: [0, 2000], 4010: [10_000, 30_000], 4011: [10_000, 20_000], 4012: [0, 5000],
  4013: [1000, 5000], 4900: [0, 0], 1000: [0, 1000], 1001: [0, 1000], 1005: [0, 1000], 1006: [0, 1000], 1011: [0, 2000],
  1012: [0, 5000], 1013: [1000, 5000],
};

/** Close code → why the line ended for good. */
const ENDS = {
  4001: "expired", 4002: "version", 4003: "banned", 4004: "closed", 4005: "ended", 4006: "signed_out", 4007: "elsewhere",
};

/** How long to wait before try number `tries` (1 = the first), in ms; `random` gives 0 to 1. */
export function waitBefore(code, tries, random = Math.random) {
  const [least, most] = RETURNS[code] ?? [0, 1000];
  const first = least + (most - least) * random();
  if (tries < 2) return first;
  const doubled = Math.min(LONGEST_WAIT_MS, 500 * 2 ** tries);
  return Math.max(first, doubled * (1 + random() / 2));
}

/** The line of one page. Callbacks: changed(state, events, message), line(standing), refused(reason). */
export class Connection {
  #page;
  #calls;
  #socket = null;
  #tries = 0;
  #ticketsRefused = 0;
  #silence = 0;
  #timer = 0;
  #waiting = new Map();
  #isOver = false;
  #isEntering = false;
  state = empty();
  isOpen = false;
  ahead = 0;

  constructor({ ticketUrl, token, session }, calls) {
    this.#page = { ticketUrl, token, session };
    this.#calls = calls;
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  /** Open the line for the first time. */
  open() {
    this.#calls.line({ standing: "connecting", tries: 0 });
    this.#enter();
  }

  /** Return at once, when the line is down and a return is being waited for. */
  now() {
    if (this.isOpen || this.#socket || this.#isOver) return;
    clearTimeout(this.#timer);
    this.#enter();
  }

  /** Return after the line was ended for good, because somebody asked for it. */
  again() {
    this.#isOver = false;
    this.now();
  }

  /** Milliseconds since 1970 by the server's clock. */
  at() {
    return Date.now() + this.ahead;
  }

  /**
   * Ask the room for something; the promise gives its reply, or fails with the code of its error.
   * `offline` = no line, `no_answer` = the line broke or was silent: ask again with the same key, it happens once.
   */
  ask(type, fields = {}, key = newKey()) {
    if (!this.isOpen) return Promise.reject(broken("offline", { key }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(key, null, broken("no_answer", { key })), ANSWER_WITHIN_MS);
      this.#waiting.set(key, { resolve, reject, timer });
      this.#send({ type, key, ...fields });
    });
  }

  /** Send what needs no answer. */
  send(type, fields = {}) {
    if (this.isOpen) this.#send({ type, ...fields });
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  async #enter() {
    clearTimeout(this.#timer);
    if (this.#isEntering) return;
    this.#isEntering = true;
    let ticket;
    try {
      ticket = await post(this.#page.ticketUrl, {}, this.#page.token);
    } catch (error) {
      this.#noTicket(error);
      return;
    } finally {
      this.#isEntering = false;
    }
    const socket = new WebSocket(ticket.url, "gangbo.v1");
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const { epoch, seq } = this.state;
      this.#send({ type: "enter", ticket: ticket.ticket, session: this.#page.session, epoch, seq });
      this.#listen();
    });
    socket.addEventListener("message", (event) => this.#socket === socket && this.#heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => this.#socket === socket && this.#closed(event.code));
  }

  #noTicket(error) {
    if (error.error === "ended") this.#over("ended");
    else if (error.status === 401 || error.status === 403 || error.status === 404) this.#over("closed");
    else if (error.error === "stale_form") this.#over("version");
    else this.#later(1006);
  }

  #heard(message) {
    this.#listen();
    if (message.at) this.ahead = Date.parse(message.at) - Date.now();
    if (message.type === "reply") this.#settle(message.key, message, null);
    else if (message.type === "error") this.#settle(message.key, null, broken(message.code, message));
    else if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "tick") this.#tick(message);
    else this.#change(told(this.state, message), [], message);
  }

  #welcome(message) {
    const wasKnown = this.state.room !== null;
    this.isOpen = true;
    this.#tries = this.#ticketsRefused = 0;
    this.state = welcomed(this.state, message);
    this.#calls.line({ standing: "open", tries: 0, how: wasKnown ? message.how : "first" });
    this.#calls.changed(this.state, message.how === "fresh" ? null : message.events, message);
  }

  #tick(message) {
    const next = ticked(this.state, message);
    if (next === null) this.#drop();
    else this.#change(next.state, next.events, message);
  }

  #change(state, events, message) {
    this.state = state;
    this.#calls.changed(state, events, message);
  }

  /** Change what is known by a reply of one's own, without waiting for the tick that tells of it. */
  learn(change) {
    this.#change(change(this.state), [], { type: "learnt" });
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(), SILENCE_MS);
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(4900);
    socket.close(4900);
  }

  #closed(code) {
    clearTimeout(this.#silence);
    this.#socket = null;
    this.isOpen = false;
    for (const key of [...this.#waiting.keys()]) this.#settle(key, null, broken("no_answer", { key }));
    if (code === 4001) this.#ticketsRefused += 1;
    const isLast = code === 4001 && this.#ticketsRefused >= TICKETS_IN_A_ROW;
    if (isLast || !(code in RETURNS)) this.#over(ENDS[code] ?? "version");
    else this.#later(code);
  }

  #later(code) {
    this.#tries += 1;
    this.#calls.line({ standing: "down", tries: this.#tries });
    this.#timer = setTimeout(() => this.#enter(), waitBefore(code, this.#tries));
  }

  #over(reason) {
    this.#isOver = true;
    this.#calls.refused(reason, this.state.room?.session.page);
  }

  #settle(key, reply, error) {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    this.#waiting.delete(key);
    clearTimeout(waiting.timer);
    if (error) waiting.reject(error);
    else waiting.resolve(reply);
  }
}

function broken(code, more) {
  return Object.assign(new Error(code), more, { code });
}

// The host's console: wires the line to what the host presents, who applied and who asks.

import { makeArrivals } from "./arrivals.js";
import { makeAnswering } from "./answering.js";
import { makeBadge } from "./badge.js";
import { makeCaptioning } from "./captioning.js";
import { makeChat } from "./chat.js";
import { Connection } from "./connection.js";
import "./dialog.js";
import { onceAFrame, show, write } from "./element.js";
import { makeModeration } from "./moderation.js";
import { duration, pageData, pageWords } from "./page.js";
import { makePictureOf } from "./picture.js";
import { makePresenting } from "./presenting.js";
import { makeTurns } from "./turns.js";
import { makeEntry } from "./saying.js";
import { deskLines, deskPositions } from "./state.js";
import { makeStudioDesk } from "./studiodesk.js";

const SAID_MS = 8000;

let saidTimer = 0;
const root = document.querySelector("[data-console]");
const page = pageData();
const words = pageWords();
const { token } = page;
const find = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const tell = (line) => write(one("[data-announce]"), line);

const connection = new Connection({ ticketUrl: root.dataset.ticket, token, session: Number(root.dataset.session) }, {
  changed,
  line,
  refused,
});
const at = () => connection.at();

/** Say a line where everybody at the desk sees it for a while; `undo` takes back what it tells of. */
function say(line, { isBad = false, undo = null } = {}) {
  const place = one("[data-desk-said]");
  write(place.querySelector("[data-desk-words]"), line);
  place.classList.toggle("bad", isBad);
  const button = place.querySelector("[data-desk-undo]");
  show(button, Boolean(undo));
  button.onclick = undo && (() => {
    show(place, false);
    undo();
  });
  show(place, true);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => show(place, false), SAID_MS);
}

/** Say why a request came to nothing. */
function failed(error) {
  const known = words(error.code);
  say(known === error.code ? words("not_done") : known, { isBad: true });
}

const badge = makeBadge({ find, page, words });
const presenting = makePresenting({ root, page, words, connection, at, failed });
const turns = makeTurns({ list: one("[data-slots]"), words, connection, at, failed });
const arrivals = makeArrivals({ root, page, words, connection, at, token, failed, tell });
const answering = makeAnswering({ list: one("[data-questions]"), none: one("[data-no-questions]"), words, connection, failed });
const moderation = makeModeration({ list: one("[data-chat]"), words, connection, failed, say });
const chat = makeChat({ list: one("[data-chat]"), button: one("[data-chat-new]"), words, decorate: moderation.decorate });
const studio = one("section[data-studio]") && makeStudioDesk({ root: one("section[data-studio]"), page, words, mayGoOn: () => true });
if (one("[data-notes]")) makeCaptioning({ box: one("[data-notes]"), words, connection, failed });
const watched = one("[data-picture]") && makePictureOf({
  box: one("[data-picture]"), page, words, at, size: () => connection.state.counts?.present ?? 0, due: () => {},
});
makeEntry({ box: one("[data-say-form]").parentElement, type: "say", connection, words });

const draw = onceAFrame(() => {
  const { state } = connection;
  if (!state.room) return;
  badge.drawCounts(state.counts);
  badge.drawDelay(state.isDelayed, tell);
  presenting.draw(state);
  turns.draw(state);
  arrivals.draw(state);
  answering.draw(state);
  chat.draw(deskLines(state), state.me);
  write(one("[data-applied-count]"), deskPositions(state).reduce((sum, each) => sum + each.applied, 0));
  tick();
});

function changed(state, events, message) {
  if (state.room?.session.status === "ended") {
    location.assign(page.urls.console);
    return;
  }
  const isMoved = (event) => event.kind === "arranged" || (event.kind === "slot" && state.me.employer_id === null);
  if (events?.some(isMoved)) location.reload();
  if (isAnothersTurn(state)) studio?.yieldStage();
  draw();
}

/** Whether the stage is another employer's than one's own. */
function isAnothersTurn({ room, me }) {
  const on = room?.slots.find((each) => each.id === room.slot_id);
  return Boolean(on) && me.employer_id !== null && on.employer_id !== me.employer_id;
}

function line(standing) {
  root.dataset.line = standing.standing;
  badge.drawLine(standing);
  root.classList.toggle("cut", standing.standing === "down");
  if (standing.how && standing.how !== "first") tell(words("back"));
}

function refused(reason) {
  if (reason === "ended") location.assign(page.urls.console);
  else if (reason === "signed_out" || reason === "version" || reason === "closed") location.reload();
  else {
    badge.drawLine({ standing: "down", tries: 2 });
    for (const cover of find("[data-cover-words]")) write(cover, words(reason === "elsewhere" ? "elsewhere" : "refused"));
  }
}

function tick() {
  const started = connection.state.room?.session.started_at;
  if (started) write(one("[data-elapsed]"), duration(at() - Date.parse(started)));
  presenting.tick();
  turns.tick();
  answering.tick(at());
}

// Digits present from wherever one is but a field; space belongs to a button that has the focus.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || one("dialog[open]")) return;
  if (event.target.closest("input, textarea, select")) return;
  if (/^[1-9]$/.test(event.key)) {
    presenting.byKey(event.key);
  } else if (event.key === " " && !event.target.closest("button, summary, a")) {
    event.preventDefault();
    presenting.next();
  }
});

for (const button of find("[data-reconnect]")) button.addEventListener("click", () => connection.again());
show(one("[data-chat-new]"), false);
setInterval(tick, 1000);
connection.open();
watched?.open();
studio?.resume();

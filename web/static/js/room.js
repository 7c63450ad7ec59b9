// A viewer's room: wires the line to what is drawn. Each part draws itself from the state and knows no other part.

import { makeApplying } from "./applying.js";
import { makeQuestions } from "./asking.js";
import { makeBadge } from "./badge.js";
import { makeCard } from "./card.js";
import { makeChat } from "./chat.js";
import { Connection } from "./connection.js";
import "./dialog.js";
import { onceAFrame, show, write } from "./element.js";
import { makeJobs } from "./joblist.js";
import { makeLikes } from "./likes.js";
import { makeNotes } from "./notes.js";
import { pageData, pageWords, post } from "./page.js";
import { makePictureOf } from "./picture.js";
import { payRange } from "./print.js";
import { makeEntry } from "./saying.js";
import { makeStage } from "./stage.js";
import { pinned } from "./state.js";
import { makeTabs } from "./tabs.js";

const LAST_WORDS_MS = 10_000;
const GROWS_BACK_MS = 400;
const REASONS_WITH_A_PAGE = new Set(["expired", "version", "banned"]);

const root = document.querySelector("[data-room]");
const page = pageData();
const words = pageWords();
const find = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const isCare = "care" in root.dataset;
const { token } = page;

const announce = one("[data-announce]");
const tell = (line) => write(announce, line);

const connection = new Connection({ ticketUrl: root.dataset.ticket, token, session: Number(root.dataset.session) }, {
  changed,
  line,
  refused,
});
const at = () => connection.at();

const badge = makeBadge({ find, page, words });
const stage = makeStage({ find, page, words, at });
const applying = makeApplying({ root: document, connection, page, words, token, tell, isCare });
const card = one("[data-pin]") && makeCard({ place: one("[data-pin-place]") ?? root, page, words, at, answerPart: applying });
const chat = one("[data-chat]") && makeChat({ list: one("[data-chat]"), button: one("[data-chat-new]"), words });
const questions = isCare || !one("[data-questions]") ? null
  : makeQuestions({ list: one("[data-questions]"), none: one("[data-no-questions]"), connection, words, tell });
const jobs = one("[data-jobs]") && makeJobs({ box: one("[data-jobs]"), page, words, applying });
const tabs = isCare ? null : makeTabs(root, opened);
const entries = makeEntries();
makeLikes({ button: one("[data-like]"), counter: one("[data-likes]"), connection, language: page.language });

const picture = one("[data-picture]") && makePictureOf({
  box: one("[data-picture]"), page, words, at, size: () => connection.state.counts?.present ?? 0, due: () => draw(),
});
const notes = makeNotes({ words, at, changed: () => draw() });

let before = null;
let pinTold = null;
let isFirst = true;

const draw = onceAFrame(() => {
  if (!connection.state.room) return;
  const state = shown(connection.state);
  root.dataset.matching = state.matchState;
  badge.drawCounts(state.counts);
  badge.drawDelay(state.isDelayed, tell);
  stage.drawSlot(state.room);
  stage.drawOrder(state.room);
  card?.draw(state);
  stage.drawFollowing(state.room);
  chat?.draw(notes.among(state.room.chat), state.me);
  questions?.draw(state.room.questions, state.me);
  jobs?.draw(state);
  drawCounts(state.room);
  drawLastAnswer(state.room);
  tellPin(state.room);
  for (const caption of state.room.captions ?? []) picture?.caption(caption);
});

function changed(state, events, message) {
  if (state.room?.session.status === "ended") {
    // The last words are still to come to whoever is behind.
    setTimeout(() => location.assign(page.urls.session), Math.min(LAST_WORDS_MS, picture?.behind() ?? 0));
    return;
  }
  if (events?.some((event) => event.kind === "arranged") || isOtherCarePage(state)) location.reload();
  if (message.type === "application") tellStatus(message.application);
  for (const event of events ?? []) notes.hear(event, before);
  before = state.room;
  draw();
}

/** What belongs to the picture as it is seen: whoever is behind gets the card when the recruiter says it. */
function shown(state) {
  if (!picture) return state;
  const pin = picture.pinOf(state.room);
  return pin === state.room.pin ? state : { ...state, room: { ...state.room, pin } };
}

/** In care mode the page with a position on screen and the one without are two pages. */
function isOtherCarePage(state) {
  if (!isCare || !one("[data-pin]")) return false;
  return Boolean(state.room?.pin) !== (one("[data-pin]").dataset.position !== "");
}

function line(standing) {
  root.dataset.line = standing.standing;
  badge.drawLine(standing);
  if (standing.how === "resumed") tell(words("back"));
  else if (standing.how === "fresh") tell(words("fresh"));
}

function refused(reason, sessionPage) {
  if (reason === "ended") location.assign(sessionPage || page.urls.session);
  else if (reason === "closed") location.assign(page.urls.session);
  else if (reason === "signed_out") location.reload();
  else if (REASONS_WITH_A_PAGE.has(reason)) location.assign(`${page.urls.refused}?reason=${reason}`);
  else {
    badge.drawLine({ standing: "down", tries: 2 });
    for (const cover of find("[data-cover-words]")) write(cover, words(reason));
  }
}

function makeEntries() {
  return find("[data-say]").map((box) => {
    const isQuestion = box.dataset.say === "question";
    const entry = makeEntry({ box, type: isQuestion ? "ask" : "say", connection, words, said: isQuestion ? "asked" : null });
    const presets = box.querySelector("[data-presets]");
    show(presets, true);
    presets?.addEventListener("click", (event) => {
      const preset = event.target.closest("[data-preset]");
      if (preset) askPreset(preset.dataset.preset);
    });
    return { box, entry, isQuestion };
  });
}

/** A preset is a question wherever it is tapped. */
function askPreset(text) {
  tabs?.to("questions");
  const { entry } = entries.find((each) => each.isQuestion) ?? {};
  entry?.send(text);
}

/** What suits the viewer is counted as seen when it is first looked at; a count that is lost is no trouble. */
function opened(name) {
  if (name === "chat") chat.toBottom();
  if (name !== "jobs" || !page.urls.listed) return;
  post(page.urls.listed, {}, token).catch(() => {});
  page.urls.listed = "";
}

function drawCounts(room) {
  const counts = { jobs: room.positions.length, questions: room.questions.length };
  for (const [name, number] of Object.entries(counts)) write(one(`[data-count="${name}"]`), number);
}

function drawLastAnswer(room) {
  const place = one("[data-said-last]");
  const last = place && [...room.chat].reverse().find((each) => each.question && each.text);
  if (!last) return;
  write(place, last.text);
  show(one("[data-saying]"), true);
}

/** A change of the position on screen is told once, politely. */
function tellPin(room) {
  const id = room.pin?.id ?? null;
  if (!isFirst && id !== pinTold) {
    const position = pinned(room);
    tell(position
      ? words("told_pin", { title: position.title, employer: position.employer, pay: payRange(position) })
      : words("unpinned"));
  }
  isFirst = false;
  pinTold = id;
}

function tellStatus(application) {
  const position = connection.state.room?.positions.find((each) => each.id === application.position_id);
  if (position && application.status !== "submitted") tell(`${position.title}：${page.statuses[application.status] ?? ""}`);
}

for (const button of find("[data-reconnect]")) button.addEventListener("click", () => connection.again());

// While one types the card keeps to one row: on a phone the keyboard takes the rest. It grows back a moment after the
// entry was left, because what a finger is just coming down on must not move.
let growing = 0;
for (const { box } of entries) {
  const input = box.querySelector("input[name=text]");
  input.addEventListener("focus", () => brief(matchMedia("(max-width: 959px)").matches));
  input.addEventListener("blur", () => {
    growing = setTimeout(() => brief(false), GROWS_BACK_MS);
  });
}

function brief(isBrief) {
  clearTimeout(growing);
  one("[data-pin]")?.classList.toggle("brief", isBrief);
  chat?.toBottom();
}

setInterval(() => {
  applying.tick();
  if (!connection.state.room) return;
  card?.tick(shown(connection.state));
  stage.drawSlot(connection.state.room);
}, 1000);

connection.open();
picture?.open();

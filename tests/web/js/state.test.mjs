// The room's state, message by message, as docs/protocol.md has it. Run by node's own test runner.

import assert from "node:assert/strict";
import test from "node:test";

import { applicationFor, deskLines, deskPositions, empty, happened, ticked, told, upcoming, welcomed } from "../../../web/static/js/state.js";
import { waitBefore } from "../../../web/static/js/connection.js";

const line = (number, at = number) => ({ id: `c${number}`, by: "p1", name: "老周", role: "audience", text: `${number}`, at: new Date(at * 1000).toISOString() });
const question = (id, more = {}) => ({ id, by: "p1", name: "老周", text: "宿舍几个人一间", status: "waiting", votes: 0, asked_at: "2026-01-31T06:00:00Z", ...more });
const position = (id, more = {}) => ({ id, employer_id: 7, title: `岗位${id}`, is_open: true, lacks: [], applied: 0, shown_ms: 0, ...more });
const room = () => ({
  session: { id: 12, status: "live" }, slot_id: 3,
  slots: [{ id: 3, number: 1, employer_id: 7 }, { id: 4, number: 2, employer_id: 8 }],
  positions: [position(31), position(32), position(33, { is_open: false }), position(41, { employer_id: 8 })],
  pin: null, chat: [line(1), line(2)], questions: [question(45)],
});
const me = (more = {}) => ({ role: "audience", person: "p1", applications: [], voted: [], match_state: "on", can: ["say"], ...more });
const welcome = (more = {}) => ({
  type: "welcome", how: "fresh", epoch: "e1", seq: 10, room: room(), me: me(), counts: { present: 1, likes: 0, left_out: 0 }, ...more,
});
const tick = (after, events, epoch = "e1") => ({ type: "tick", epoch, after, seq: after + events.length, events, counts: { present: 2, likes: 3, left_out: 0 } });

test("a caption stands once, and the newest twenty are kept", () => {
  const caption = (id) => ({ kind: "captioned", caption: { id, text: `${id}`, at: "2026-01-31T06:00:00Z" } });

  let state = welcomed(empty(), welcome());
  for (let id = 1; id <= 21; id += 1) state = ticked(state, tick(9 + id, [caption(id)])).state;
  const again = ticked(state, tick(31, [caption(21)])).state;

  assert.deepEqual(state.room.captions.map((each) => each.id), Array.from({ length: 20 }, (_, place) => place + 2));
  assert.deepEqual(again.room.captions, state.room.captions);
});

test("a tick says that what happens comes late, and the next one that it is over", () => {
  const state = welcomed(empty(), welcome());

  const late = ticked(state, { ...tick(10, []), is_delayed: true }).state;
  const inTime = ticked(late, tick(10, [])).state;

  assert.deepEqual([state.isDelayed, late.isDelayed, inTime.isDelayed], [false, true, false]);
});

test("a fresh welcome replaces the room, a resumed one adds what was missed", () => {
  const fresh = welcomed(empty(), welcome());
  const { room: _room, ...resumed } = welcome({ how: "resumed", after: 10, seq: 11, events: [{ kind: "said", line: line(3) }] });

  const back = welcomed(fresh, resumed);

  assert.equal(back.seq, 11);
  assert.deepEqual(back.room.chat.map((each) => each.id), ["c1", "c2", "c3"]);
});

test("a tick that overlaps is applied once", () => {
  const state = welcomed(empty(), welcome());

  const first = ticked(state, tick(10, [{ kind: "said", line: line(3) }]));
  const again = ticked(first.state, tick(10, [{ kind: "said", line: line(3) }, { kind: "said", line: line(4) }]));

  assert.deepEqual(again.events.map((event) => event.line.id), ["c4"]);
  assert.deepEqual(again.state.room.chat.map((each) => each.id), ["c1", "c2", "c3", "c4"]);
  assert.equal(again.state.seq, 12);
});

test("a gap or another epoch is told by null", () => {
  const state = welcomed(empty(), welcome());

  assert.equal(ticked(state, tick(11, [])), null);
  assert.equal(ticked(state, tick(10, [], "e2")), null);
});

test("a tick without events keeps the number and brings the counts", () => {
  const next = ticked(welcomed(empty(), welcome()), tick(10, []));

  assert.equal(next.state.seq, 10);
  assert.equal(next.state.counts.likes, 3);
});

test("chat keeps the newest 50, hides by id and puts back by time", () => {
  let state = room();
  for (let number = 3; number <= 60; number += 1) state = happened(state, { kind: "said", line: line(number) });
  assert.equal(state.chat.length, 50);
  assert.equal(state.chat[0].id, "c11");

  const hidden = happened(state, { kind: "hid", line_id: "c30" });
  assert.ok(!hidden.chat.some((each) => each.id === "c30"));
  const shown = happened(hidden, { kind: "showed", line: line(30) });

  assert.deepEqual(shown.chat.map((each) => each.id), state.chat.map((each) => each.id));
});

test("an answer replaces the question in its place and its line in the chat", () => {
  const answered = question(45, { status: "answered", answer: "四人间" });
  const answer = { ...line(45), id: "q45", question: { id: 45, name: "老周", text: "宿舍几个人一间" } };

  const once = happened(room(), { kind: "answered", question: answered, line: answer });
  const twice = happened(once, { kind: "answered", question: { ...answered, answer: "三人间" }, line: { ...answer, text: "三人间" } });

  assert.equal(twice.questions.length, 1);
  assert.equal(twice.questions[0].answer, "三人间");
  assert.deepEqual(twice.chat.map((each) => each.id), ["c1", "c2", "q45"]);
  const gone = happened(twice, { kind: "question_gone", question_id: 45 });
  assert.deepEqual([gone.questions.length, gone.chat.length], [0, 2]);
});

test("pinning sets the card and what the one before it was shown", () => {
  const pinned = happened(room(), { kind: "pinned", pin: { id: 1, position_id: 31 }, previous: null });
  const next = happened(pinned, { kind: "pinned", pin: { id: 2, position_id: 32 }, previous: { position_id: 31, shown_ms: 5000 } });

  assert.equal(next.pin.position_id, 32);
  assert.equal(next.positions[0].shown_ms, 5000);
  assert.deepEqual(upcoming(next).map((each) => each.id), []);
  assert.equal(happened(next, { kind: "unpinned", previous: null }).pin, null);
});

test("what comes next is of the employer on stage, open and not shown yet", () => {
  assert.deepEqual(upcoming(room()).map((each) => each.id), [31, 32]);
});

test("a kind that is not known changes nothing", () => {
  const before = room();

  assert.equal(happened(before, { kind: "invented" }), before);
});

test("an application that moves is one's own newest; withdrawn it no longer stands", () => {
  let state = welcomed(empty(), welcome());
  state = told(state, { type: "application", application: { id: 904, position_id: 31, status: "viewed" } });
  assert.equal(applicationFor(state.me, 31).status, "viewed");

  state = told(state, { type: "application", application: { id: 904, position_id: 31, status: "withdrawn" } });

  assert.equal(applicationFor(state.me, 31), undefined);
});

test("an arrival comes first and once; a move changes it in place", () => {
  const arrival = (id) => ({ id, position_id: 31, status: "submitted" });
  let state = welcomed(empty(), welcome({ me: me({ role: "host", staff: { arrivals: [arrival(1)], hidden: [], sanctions: [] } }) }));

  state = told(state, { type: "arrived", arrival: arrival(2) });
  state = told(state, { type: "arrived", arrival: arrival(2) });
  state = told(state, { type: "application", application: { id: 1, status: "shortlisted" } });

  assert.deepEqual(state.me.staff.arrivals.map((each) => [each.id, each.status]), [[2, "submitted"], [1, "shortlisted"]]);
});

test("the wait before a return doubles from the second try on, with jitter, up to 45 seconds", () => {
  const still = () => 0;
  const most = () => 1;

  assert.equal(waitBefore(4900, 1, still), 0);
  assert.equal(waitBefore(4008, 1, most), 1000);
  assert.equal(waitBefore(1006, 2, still), 2000);
  assert.equal(waitBefore(1006, 3, still), 4000);
  assert.equal(waitBefore(1006, 20, still), 30_000);
  assert.equal(waitBefore(1006, 20, most), 45_000);
  assert.equal(waitBefore(4010, 1, still), 10_000);
});

test("a desk also reads the lines that sampling left out, each once, by time", () => {
  let state = welcomed(empty(), welcome());
  state = told(state, { type: "overheard", line: line(9, 1.5) });
  state = told(state, { type: "overheard", line: line(2) });

  assert.deepEqual(deskLines(state).map((each) => each.id), ["c1", "c9", "c2"]);
});

test("a desk is about its own employer's positions, a moderator's about those on stage", () => {
  const state = welcomed(empty(), welcome());
  const asHost = { ...state, me: me({ employer_id: 8 }) };
  const asModerator = { ...state, me: me({ employer_id: null }) };

  assert.deepEqual(deskPositions(asHost).map((each) => each.id), [41]);
  assert.deepEqual(deskPositions(asModerator).map((each) => each.id), [31, 32, 33]);
});

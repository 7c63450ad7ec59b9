// The pure parts of the picture: how near the edge one plays, which pin belongs to it, how captions are cut. Run by node.

import assert from "node:assert/strict";
import test from "node:test";

import { makeAmounts } from "../../../web/static/js/amounts.js";
import { linesOf } from "../../../web/static/js/captioning.js";
import { makeEdge } from "../../../web/static/js/edge.js";
import { makeMediaClock } from "../../../web/static/js/mediaclock.js";

const NOW = Date.parse("2026-01-31T06:32:00Z");
const pin = (id, msAgo) => ({ id, started_at: new Date(NOW - msAgo).toISOString() });

/** A video of which `from` to `to` seconds are there. */
function video() {
  const made = {
    currentTime: 0, playbackRate: 1, paused: false, seeking: false, from: 0, to: 0, heard: {},
    addEventListener: (name, call) => { made.heard[name] = call; },
    buffered: { length: 1, start: () => made.from, end: () => made.to },
  };
  return made;
}

/** Append pieces of `each` seconds at the pace at which they are made; the seconds that one is behind after the last. */
function played(each, pieces) {
  const shown = video();
  let clock = 100;
  let behind = 0;
  const edge = makeEdge(shown, () => clock);
  edge.reset(each);
  for (let piece = 0; piece < pieces; piece += 1) {
    shown.to += each;
    edge.appended();
    clock += each;
    behind = shown.to - shown.currentTime;
    shown.currentTime = Math.min(shown.to, shown.currentTime + each * shown.playbackRate);
  }
  return behind;
}

test("small pieces are played closer to the edge than large ones, and both before the next is due", () => {
  const [small, large] = [played(0.25, 40), played(1, 20)];

  assert.ok(small > 0.25 && small < 0.8, `${small}`);
  assert.ok(large > 1 && large < 1.8, `${large}`);
});

test("who fell far behind jumps, who is a little late plays faster", () => {
  const shown = video();
  const edge = makeEdge(shown, () => 0);
  shown.to = 10;
  edge.appended();

  shown.currentTime = 8.5;
  edge.appended();
  const [rate, place] = [shown.playbackRate, shown.currentTime];
  shown.currentTime = 2;
  edge.appended();

  assert.deepEqual([rate, place], [1.1, 8.5]);
  assert.ok(shown.currentTime > 9);
});

test("the end before a gap is left for what follows it", () => {
  const shown = video();
  const edge = makeEdge(shown, () => 0);
  shown.to = 10;
  edge.appended();

  [shown.from, shown.to] = [30, 31];
  edge.appended();

  assert.ok(shown.currentTime >= 30);
});

test("a pin waits for the picture, without a picture it is there at once", () => {
  let shown = NOW - 6000;
  const clock = () => makeMediaClock({ moment: () => shown, at: () => NOW, due: () => {} });
  const late = clock();
  late.pinOf({ pin: pin(1, 60_000) });

  const held = late.pinOf({ pin: pin(2, 1000) });
  shown = NOW - 900;
  const due = late.pinOf({ pin: pin(2, 1000) });
  shown = null;
  const without = clock();
  without.pinOf({ pin: null });

  assert.equal(held.id, 1);
  assert.equal(due.id, 2);
  assert.equal(without.pinOf({ pin: pin(3, 0) }).id, 3);
});

test("a pin waits no longer than twenty seconds, and one that is taken off goes at once", () => {
  const clock = makeMediaClock({ moment: () => NOW - 60_000, at: () => NOW, due: () => {} });
  clock.pinOf({ pin: pin(1, 90_000) });

  const old = clock.pinOf({ pin: pin(2, 21_000) });
  const none = clock.pinOf({ pin: null });

  assert.equal(old.id, 2);
  assert.equal(none, null);
});

test("a pasted text is cut into lines that fit, at the end of a sentence", () => {
  const lines = linesOf(`宿舍四人间\n\n  包吃 \n${"长".repeat(150)}。${"短".repeat(100)}`);

  assert.deepEqual(lines.map((line) => line.length), [5, 2, 151, 100]);
  assert.equal(linesOf("字".repeat(401)).length, 3);
});

test("the metronome waits for a page that is slower than it, and is in time with one that is not", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const ticks = [];
  let say = null;
  Object.assign(globalThis, { addEventListener: (_name, call) => { say = (data) => call({ data }); }, postMessage: (data) => ticks.push(data) });
  await import("../../../web/static/js/metronome.js");

  say(40);
  context.mock.timers.tick(400);
  const unanswered = ticks.length;
  for (let tick = 0; tick < 10; tick += 1) {
    say("done");
    context.mock.timers.tick(40);
  }

  assert.equal(unanswered, 1);
  assert.equal(ticks.length, 11);
});

test("an hour is told by what comes once the burst of the beginning is over, and each way has its own", () => {
  let clock = 0;
  const amounts = makeAmounts(() => clock);
  const follow = (way, each, seconds) => {
    amounts.begin(way);
    amounts.came(500_000);
    for (let second = 0; second < seconds; second += 1) {
      clock += 1;
      amounts.came(each);
    }
  };

  follow("picture", 75_000, 5);
  assert.equal(amounts.hourly("picture"), null);
  follow("picture", 75_000, 20);
  follow("sound", 8_000, 20);

  assert.deepEqual([amounts.hourly("picture"), amounts.hourly("sound")], [270, 29]);
});

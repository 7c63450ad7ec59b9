// What the badge says of the line, whatever comes in which order. Run by node's own test runner.

import assert from "node:assert/strict";
import test from "node:test";

import { makeBadge } from "../../../web/static/js/badge.js";

/** A page with one badge, and what is told of it. */
function made({ isOff = false } = {}) {
  const classes = new Set(isOff ? ["off"] : []);
  const badge = {
    textContent: "",
    classList: { toggle: (name, isOn) => (isOn ? classes.add(name) : classes.delete(name)) },
    querySelector: () => null,
  };
  const find = (which) => (which.startsWith("[data-badge]") && !(which.includes(":not(.off)") && classes.has("off")) ? [badge] : []);
  const heard = [];
  const drawn = makeBadge({ find, page: {}, words: (name) => name });
  return { badge, classes, heard, ...drawn, delay: (isDelayed) => drawn.drawDelay(isDelayed, (line) => heard.push(line)) };
}

const open = { standing: "open", tries: 0 };
const down = { standing: "down", tries: 2 };

test("lateness is said once, drawn, and taken back", () => {
  const { badge, classes, heard, delay, drawLine } = made();
  drawLine(open);

  for (const isDelayed of [true, true]) delay(isDelayed);
  assert.equal(badge.textContent, "delayed");
  assert.deepEqual([...classes], ["late"]);
  delay(false);

  assert.equal(badge.textContent, "on_air");
  assert.deepEqual([...classes], []);
  assert.deepEqual(heard, ["told_delayed", "told_in_time"]);
});

test("a line that breaks and comes back while all is late says so again", () => {
  const { badge, classes, delay, drawLine } = made();
  drawLine(open);
  delay(true);

  drawLine(down);
  assert.equal(badge.textContent, "off_air");
  assert.deepEqual([...classes], ["off"]);
  drawLine(open);

  assert.equal(badge.textContent, "delayed");
  assert.deepEqual([...classes], ["late"]);
});

test("a badge that is off for another reason stays so", () => {
  const { badge, classes, delay } = made({ isOff: true });

  delay(true);

  assert.equal(badge.textContent, "");
  assert.deepEqual([...classes], ["off"]);
});

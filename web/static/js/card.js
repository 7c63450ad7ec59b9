// The card of the position on screen: swapped in place, so that focus and what stands below it stay where they are.

import { clone, field, fillIn, write } from "./element.js";
import { duration } from "./page.js";
import { facts, factsNode, payNode, payRange, reasonNodes, scoreNode } from "./print.js";
import { pinned } from "./state.js";

/** The card in `place`; `answerPart(position)` gives what stands where one applies. */
export function makeCard({ place, page, words, at, answerPart }) {
  let drawn = { pin: null };
  adopt(place.querySelector("[data-pin]"));

  function draw(state) {
    const { room } = state;
    const position = pinned(room);
    if (!position) return drawIdle();
    const card = cardFor(position);
    const isSame = drawn.pin === room.pin.id;
    if (!isSame || drawn.position !== position) {
      drawAbout(card, position);
      drawMatch(card, position, state);
    } else if (drawn.match !== state.matches[position.id] || drawn.matchState !== state.matchState) {
      drawMatch(card, position, state);
    }
    drawn = { pin: room.pin.id, position, match: state.matches[position.id], matchState: state.matchState };
    answerPart.draw(applyPart(card), position);
    tick(state);
    return position;
  }

  /** The form that the server made stays: somebody may be about to press it. */
  function adopt(card) {
    const part = card && applyPart(card);
    if (part?.querySelector("form[data-apply]")) part.dataset.drawn = `${card.dataset.position} open `;
  }

  function applyPart(card) {
    return field(card, "apply") ?? document.querySelector('[data-field="care-apply"]');
  }

  function drawIdle() {
    const card = place.querySelector("[data-pin]");
    drawn = { pin: null };
    if (!card || card.dataset.position === "") return null;
    const following = card.querySelector("[data-following]");
    const idle = document.createElement("article");
    idle.className = "pin idle";
    idle.dataset.pin = "";
    idle.dataset.position = "";
    const line = document.createElement("p");
    line.className = "muted";
    line.dataset.field = "idle";
    line.textContent = words("idle");
    idle.append(line, ...(following ? [following] : []));
    card.replaceWith(idle);
    return null;
  }

  function cardFor(position) {
    const standing = place.querySelector("[data-pin]");
    if (standing.dataset.position !== "") {
      standing.dataset.position = position.id;
      return standing;
    }
    const card = clone("pin");
    const following = standing.querySelector("[data-following]");
    if (following) card.append(following);
    card.dataset.position = position.id;
    standing.replaceWith(card);
    return card;
  }

  function drawAbout(card, position) {
    fillIn(card, { title: position.title, now: words(position.is_open ? "now" : "closed") });
    const title = field(card, "title");
    if (title.tagName === "A") title.href = page.urls.position.replace("/0", `/${position.id}`);
    field(card, "pay")?.replaceChildren(payNode(position, page));
    field(card, "facts")?.replaceChildren(factsNode([position.employer, ...facts(position, page, words)]));
    const per = page.pay_pers[position.pay_unit] ?? "";
    write(field(card, "pay-words"), `${per} ${words("yuan", { range: payRange(position) })}`);
    write(field(card, "facts-line"), [position.employer, ...facts(position, page, words)].join(page.language === "en" ? ", " : "，"));
  }

  function drawMatch(card, position, state) {
    const part = field(card, "match");
    if (!part) return;
    const match = state.matches[position.id];
    const score = scoreNode(match, words);
    if (score) {
      const list = document.createElement("ul");
      list.className = "reasons";
      list.append(...reasonNodes(match.reasons, page));
      part.replaceChildren(score, list);
      return;
    }
    const why = state.matchState === "down" ? words("matching_down") : page.why;
    if (!why) {
      part.replaceChildren();
      return;
    }
    const line = document.createElement("p");
    line.className = "small muted why";
    line.textContent = why;
    part.replaceChildren(line);
  }

  /** The time that the position is on screen, each second. */
  function tick(state) {
    const time = place.querySelector('[data-field="time"]');
    if (time && state.room?.pin) write(time, duration(at() - Date.parse(state.room.pin.started_at)));
  }

  return { draw, tick };
}

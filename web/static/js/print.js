// How a position, a match, a moment is printed by the script: the same lines as the server's.

import { clone, field, fillIn, write } from "./element.js";
import { clock, count, fill, hour } from "./page.js";

const VERY = 80;
const FAIRLY = 65;

/** 7500, 9500 → 7,500–9,500. */
export function payRange({ pay_min: low, pay_max: high }) {
  const bounds = [...new Set([low, high].filter((value) => value !== null && value !== undefined))].sort((a, b) => a - b);
  return bounds.map((value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",")).join("–") || "—";
}

/** Place, board and lodging or shift, head count. */
export function facts(position, page, words) {
  const board = position.has_dormitory
    ? words(position.has_meals ? "board" : "lodging")
    : position.has_meals ? words("meals") : page.schedules[position.schedule] ?? "";
  const place = (page.language === "en" && position.place_en) || position.place;
  const headCount = position.head_count ? words("head_count", { n: position.head_count }) : "";
  return [place, board, headCount].filter(Boolean);
}

/** The pay as an element. */
export function payNode(position, page) {
  return fillIn(clone("pay"), { range: payRange(position), unit: page.pay_units[position.pay_unit] ?? "" });
}

/** A list of facts as an element. */
export function factsNode(items) {
  const list = document.createElement("ul");
  list.className = "facts num";
  list.append(...items.map((item) => {
    const fact = clone("fact");
    write(fact, item);
    return fact;
  }));
  return list;
}

/** The score as an element, or null when none is shown. */
export function scoreNode(match, words, { small = false } = {}) {
  if (!match || match.score === null || match.score === undefined || !match.band) return null;
  const kind = match.score >= VERY ? "very" : match.score >= FAIRLY ? "fair" : "low";
  const node = clone("score");
  if (kind !== "very") node.classList.add(kind);
  if (small) node.classList.add("small", "end");
  return fillIn(node, { word: words(kind), number: match.score });
}

/** The reasons as list items: at most `limit`, one missed kept when there is one. */
export function reasonNodes(reasons, page, limit = 3) {
  const met = reasons.filter((each) => each.is_met);
  const missed = reasons.filter((each) => !each.is_met);
  const lacking = missed.slice(0, Math.max(1, limit - met.length));
  return [...met.slice(0, limit - lacking.length), ...lacking].map((each) =>
    fillIn(clone(each.is_met ? "met" : "missed"), { text: reasonText(each, page) }));
}

/** A reason in the language of the page. */
export function reasonText(reason, page) {
  return (page.language === "en" && reason.text_en) || reason.text;
}

/** A line of chat as an element, an answer with its question. */
export function chatNode(line, me, words) {
  if (line.isNote) return fillIn(clone("system"), { text: line.text });
  if (line.question) {
    return fillIn(clone("answer"), {
      question: words("answers", { who: line.question.name, text: line.question.text }),
      who: line.name,
      text: line.text || words("spoken"),
    });
  }
  const node = fillIn(clone("chat"), { who: line.name, text: line.text });
  if (me?.person && line.by === me.person) node.classList.add("mine");
  return node;
}

/** 14:32 today, 明天 14:32, else 11-26 14:32, on the fair's clock. */
export function moment(at, now, words) {
  const [day, today] = [fairDay(at), fairDay(now)];
  if (day === today) return hour(at);
  if (day === fairDay(now + 86_400_000)) return `${words("tomorrow")} ${hour(at)}`;
  return `${day.slice(5)} ${hour(at)}`;
}

const dayFormat = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: "Asia/Shanghai" });
const fairDay = (at) => dayFormat.format(new Date(at));

export { clock, count, field, fill, hour };

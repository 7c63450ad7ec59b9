// Applications as they arrive: newest first, told of by a button while somebody reads, moved on in one press.

import { clone, field, fillIn, show, write } from "./element.js";
import { post } from "./page.js";
import { reasonNodes, scoreNode } from "./print.js";
import { deskPositions } from "./state.js";

const BY_FORM = new Set(["offline", "no_answer", "busy"]);
const VERY = 80;
const FILTERS = {
  all: () => true,
  new: (each) => each.status === "submitted" || each.status === "viewed",
  very: (each) => (each.score ?? 0) >= VERY,
  noted: (each) => each.status === "shortlisted",
};

/** The list data-applications with its filters. */
export function makeArrivals({ root, page, words, connection, at, token, failed, tell }) {
  const list = root.querySelector("[data-applications]");
  const newButton = root.querySelector("[data-applications-new]");
  const none = root.querySelector("[data-no-applications]");
  const filters = [...root.querySelectorAll("[data-filter]")];
  const made = new Map();
  let chosen = filters.find((each) => each.getAttribute("aria-current"))?.dataset.filter ?? "all";
  let shown = null;
  let isReading = false;

  list.addEventListener("pointerenter", () => (isReading = true));
  list.addEventListener("pointerleave", () => read());
  list.addEventListener("focusin", () => (isReading = true));
  list.addEventListener("focusout", (event) => list.contains(event.relatedTarget) || read());
  list.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-move]");
    if (!form) return;
    event.preventDefault();
    move(form, Number(form.closest("[data-application]").dataset.application));
  });
  newButton?.addEventListener("click", () => {
    shown = null;
    draw(connection.state);
    list.firstElementChild?.scrollIntoView({ block: "nearest" });
  });
  for (const link of filters) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      chosen = link.dataset.filter;
      for (const each of filters) {
        if (each === link) each.setAttribute("aria-current", "true");
        else each.removeAttribute("aria-current");
      }
      shown = null;
      draw(connection.state);
    });
  }

  function read() {
    isReading = false;
    if (connection.state.room) draw(connection.state);
  }

  async function move(form, id) {
    const button = form.querySelector("button");
    const status = form.elements.status.value;
    button.disabled = true;
    try {
      await connection.ask("move", { application_id: id, status }).catch((error) => {
        if (!BY_FORM.has(error.code)) throw error;
        return post(form.action, new FormData(form), token);
      });
      connection.learn((state) => ({ ...state, me: { ...state.me, staff: { ...state.me.staff, arrivals: state.me.staff.arrivals.map((each) => (each.id === id ? { ...each, status } : each)) } } }));
      tell(page.statuses[status]);
    } catch (error) {
      button.disabled = false;
      failed(error);
    }
  }

  /** While somebody points at the list or moves in it by keys, its order stays. */
  function draw(state) {
    const all = state.me.staff?.arrivals ?? [];
    for (const [name, chooses] of Object.entries(FILTERS)) {
      if (name === "all") continue;
      write(root.querySelector(`[data-count="${name}"]`), all.filter(chooses).length);
    }
    const standing = deskPositions(state).reduce((sum, each) => sum + each.applied, 0);
    write(root.querySelector('[data-count="all"]'), Math.max(all.length, standing));
    const wanted = all.filter((each) => FILTERS[chosen](each) || (shown?.has(each.id) && isReading));
    const unseen = wanted.filter((each) => shown && !shown.has(each.id));
    const isHeld = isReading && unseen.length > 0;
    show(newButton, isHeld);
    write(newButton, words("new_applications", { n: unseen.length }));
    const rows = isHeld ? wanted.filter((each) => shown.has(each.id)) : wanted;
    if (!isHeld) shown = new Set(rows.map((each) => each.id));
    const nodes = rows.map(rowOf);
    for (const child of [...list.children]) if (!nodes.includes(child)) child.remove();
    nodes.forEach((node, place) => list.children[place] === node || list.insertBefore(node, list.children[place] ?? null));
    show(none, nodes.length === 0);
  }

  function rowOf(arrival) {
    const known = made.get(arrival.id);
    if (known && known.arrival === arrival) return known.node;
    if (known) {
      known.arrival = arrival;
      drawStatus(known.node, arrival);
      return known.node;
    }
    const node = clone("application");
    node.dataset.application = arrival.id;
    fillIn(node, { name: arrival.name, title: arrival.title });
    const score = scoreNode(arrival, words, { small: true });
    field(node, "score").replaceChildren(...(score ? [score] : []));
    const reasons = field(node, "reasons");
    reasons.replaceChildren(...reasonNodes(arrival.reasons ?? [], page));
    show(reasons, reasons.children.length > 0);
    const note = field(node, "note");
    write(note, arrival.is_assisted ? words("assisted") : "");
    show(note, Boolean(arrival.is_assisted));
    for (const form of node.querySelectorAll("form[data-move]")) form.action = page.urls.move.replace("/0", `/${arrival.id}`);
    const href = field(node, "href");
    if (href) href.href = page.urls.resume.replace("/0", `/${arrival.id}`);
    made.set(arrival.id, { node, arrival });
    drawStatus(node, arrival);
    return node;
  }

  function drawStatus(node, { status, applied_at: appliedAt }) {
    node.dataset.status = status;
    node.classList.toggle("fresh", status === "submitted");
    node.classList.toggle("gone", status === "withdrawn" || status === "declined");
    const isGone = status === "withdrawn";
    show(field(node, "actions"), !isGone);
    const gone = field(node, "gone");
    write(gone, isGone ? words("withdrawn") : "");
    show(gone, isGone);
    show(field(node, "reasons"), !isGone && field(node, "reasons").children.length > 0);
    for (const form of node.querySelectorAll("form[data-move]")) {
      const button = form.querySelector("button");
      const wanted = form.elements.status.value;
      button.setAttribute("aria-pressed", String(wanted === status));
      button.disabled = !STEPS[wanted].includes(status);
    }
    node.dataset.at = appliedAt;
    write(field(node, "at"), ago(at() - Date.parse(appliedAt), words));
  }

  return { draw };
}

/** Wanted status → the statuses that lead there from the console. */
const STEPS = {
  shortlisted: ["submitted", "viewed"],
  interview: ["submitted", "viewed", "shortlisted"],
  declined: ["submitted", "viewed", "shortlisted", "interview", "offered"],
};

function ago(milliseconds, words) {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return words("just_now");
  return minutes < 60 ? words("minutes_ago", { n: minutes }) : words("hours_ago", { n: Math.floor(minutes / 60) });
}

// What the host presents: the position on screen, the next one, a row and a digit for each.

import { clone, field, show, write } from "./element.js";
import { duration } from "./page.js";
import { facts, factsNode, payNode } from "./print.js";
import { deskPositions, pinned } from "./state.js";

/** The panels data-now and data-offers. */
export function makePresenting({ root, page, words, connection, at, failed }) {
  const panel = root.querySelector("[data-now]");
  const list = root.querySelector("[data-offers]");
  const nextButton = root.querySelector("[data-next]");
  const unpinButton = root.querySelector("[data-unpin]");
  let isBusy = false;

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pin-position]");
    if (button) pin(Number(button.dataset.pinPosition));
  });
  nextButton?.addEventListener("click", () => next());
  unpinButton?.addEventListener("click", () => once(() => connection.ask("unpin")));

  function next() {
    const id = Number(nextButton?.dataset.position);
    if (id && !nextButton.hidden) pin(id);
  }

  function byKey(key) {
    const row = list.querySelector(`[data-key="${key}"]:not(.off)`);
    if (row) pin(Number(row.dataset.offer));
  }

  function pin(positionId) {
    if (connection.state.room?.pin?.position_id === positionId) return;
    once(() => connection.ask("pin", { position_id: positionId }));
  }

  async function once(ask) {
    if (isBusy) return;
    isBusy = true;
    try {
      await ask();
    } catch (error) {
      failed(error);
    } finally {
      isBusy = false;
    }
  }

  function draw(state) {
    const { room, me } = state;
    const position = pinned(room);
    drawNow(position, room, state.fits[position?.id]);
    const own = deskPositions(state);
    const canPin = me.can.includes("pin");
    for (const each of own) drawRow(each, room, state.fits[each.id], canPin);
    const following = own.find((each) => each.is_open && !each.lacks.length && !each.shown_ms && each.id !== position?.id);
    show(nextButton, Boolean(following) && canPin);
    if (nextButton) {
      nextButton.dataset.position = following?.id ?? "";
      write(field(nextButton, "next"), following?.title ?? "");
    }
    show(unpinButton, Boolean(position) && canPin && position.employer_id === me.employer_id);
  }

  function drawNow(position, room, fits) {
    panel.classList.toggle("none", !position);
    panel.dataset.position = position?.id ?? "";
    write(field(panel, "now"), words(position ? "now" : "idle"));
    show(panel.querySelector("[data-now-body]"), Boolean(position));
    if (!position) {
      write(field(panel, "time"), "");
      return;
    }
    write(field(panel, "title"), position.title);
    field(panel, "pay").replaceChildren(payNode(position, page));
    field(panel, "facts").replaceChildren(factsNode([
      position.employer,
      words("head_count", { n: position.head_count ?? "—" }),
      fits ? words("fitting_very", { n: fits.very }) : "",
      words("applied_here", { n: position.applied }),
    ].filter(Boolean)));
    write(field(panel, "time"), duration(at() - Date.parse(room.pin.started_at)));
  }

  function drawRow(position, room, fits, canPin) {
    const row = list.querySelector(`[data-offer="${position.id}"]`);
    if (!row) return;
    const isNow = room.pin?.position_id === position.id;
    if (isNow) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    write(field(row, "applied"), position.applied ? words("applied", { n: position.applied }) : "");
    drawFacts(row, position, fits);
    const kind = isNow ? "on-screen" : position.shown_ms ? "pin-again" : "pin-button";
    const act = field(row, "act");
    if (row.classList.contains("off") || !act || act.dataset.drawn === kind) return;
    act.dataset.drawn = kind;
    const hadFocus = act.contains(document.activeElement);
    const node = clone(kind);
    if (kind !== "on-screen") {
      node.dataset.pinPosition = position.id;
      node.disabled = !canPin;
    }
    act.replaceChildren(node);
    if (hadFocus) node.focus?.();
  }

  function drawFacts(row, position, fits) {
    const line = row.querySelector(".facts");
    if (!line) return;
    const minutes = Math.round(position.shown_ms / 60_000);
    const present = fits ? fits.very + fits.fairly : 0;
    const told = position.shown_ms
      ? words("shown_minutes", { n: Math.max(1, minutes) })
      : present ? words("fitting", { n: present }) : "";
    const items = [line.firstElementChild?.textContent, facts(position, page, words).at?.(-1), told].filter(Boolean);
    if (line.dataset.drawn === items.join("|")) return;
    line.dataset.drawn = items.join("|");
    line.replaceChildren(...factsNode(items).children);
  }

  /** The time on screen, each second. */
  function tick() {
    const { room } = connection.state;
    if (room?.pin) write(field(panel, "time"), duration(at() - Date.parse(room.pin.started_at)));
  }

  return { draw, tick, next, byKey };
}

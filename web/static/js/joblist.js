// The positions offered: the rows that the server made, with score, applying and "on screen" kept up to date in place.

import { clone, field, show, write } from "./element.js";
import { clock } from "./page.js";
import { facts, factsNode, payNode, reasonNodes, scoreNode } from "./print.js";
import { applicationFor } from "./state.js";

/** The rows in `box`, one position perhaps in two; nothing is reordered, so that nothing moves under a finger. */
export function makeJobs({ box, page, words, applying }) {
  const drawn = new WeakMap();

  function draw(state) {
    const { room, me } = state;
    const positions = new Map(room.positions.map((each) => [String(each.id), each]));
    for (const row of box.querySelectorAll("[data-job]")) {
      const position = positions.get(row.dataset.job);
      if (!position) continue;
      const isNow = room.pin?.position_id === position.id;
      const match = state.matches[position.id];
      const application = applicationFor(me, position.id);
      const was = drawn.get(row) ?? {};
      if (was.position !== position) drawAbout(row, position, drawn.has(row));
      if (was.match !== match || was.isNow !== isNow || was.matchState !== state.matchState) drawHead(row, match, isNow, state);
      drawAct(row, position, application);
      if (was.position !== position || was.isNow !== isNow) drawSaid(row, position, isNow);
      drawn.set(row, { position, match, isNow, matchState: state.matchState });
    }
    for (const tag of box.querySelectorAll("[data-on-stage]")) {
      const slot = room.slots.find((each) => each.number === Number(tag.closest("[data-slot-jobs]").dataset.slotJobs));
      show(tag, slot?.id === room.slot_id);
    }
  }

  function drawAbout(row, position, isKnown) {
    if (!isKnown) return;
    const [head, about] = row.querySelectorAll(".line");
    write(head.querySelector("a"), position.title);
    const employer = row.closest("[data-suited]") ? [position.employer] : [];
    about.replaceChildren(payNode(position, page), factsNode([...employer, ...facts(position, page, words)]));
  }

  function drawHead(row, match, isNow, state) {
    const head = row.querySelector(".line");
    const title = head.firstElementChild;
    const score = scoreNode(match, words, { small: true });
    const isUnknown = !match && state.matchState === "on";
    if (isUnknown && !isNow && !head.querySelector(".live")) return;
    const standing = isUnknown ? head.querySelector(".score, .end") : score;
    head.replaceChildren(title, ...(isNow ? [clone("now")] : []), ...(standing ? [standing] : []));
    if (isUnknown) return;
    row.querySelector(":scope > .reasons")?.remove();
    if (!score) return;
    const list = document.createElement("ul");
    list.className = "reasons inline";
    list.append(...reasonNodes(match.reasons, page));
    row.querySelectorAll(".line")[1].after(list);
  }

  function drawAct(row, position, application) {
    const part = field(row, "act");
    if (!part || applying.isPending(position.id)) return;
    const trouble = applying.troubleOf(position.id);
    const isUndoable = Boolean(application) && applying.canUndo(position.id);
    const kind = application ? `applied ${application.status} ${isUndoable}` : !position.is_open ? "closed" : `open ${trouble?.words ?? ""}`;
    if (part.dataset.drawn === kind) return;
    const isFirst = part.dataset.drawn === undefined;
    part.dataset.drawn = kind;
    if (application) {
      const tag = clone("applied-tag");
      const at = application.applied_at ? clock(Date.parse(application.applied_at)).slice(0, 5) : "";
      tag.replaceChildren(tag.firstElementChild, at ? words("applied_clock", { clock: at }) : page.statuses.submitted);
      const status = document.createElement("span");
      status.className = "small muted";
      status.textContent = application.status === "submitted" ? "" : page.statuses[application.status];
      part.replaceChildren(tag, " ", isUndoable ? applying.undoForm(position) : status);
    } else if (!position.is_open) {
      part.replaceChildren(clone("closed-tag"));
    } else if (!isFirst && !page.blocked) {
      part.replaceChildren(...applying.rowForm(position, trouble));
    }
  }

  function drawSaid(row, position, isNow) {
    const line = row.querySelector(".said-at");
    if (line && isNow && position.applied) write(line, words("applied_by", { n: position.applied }));
  }

  return { draw };
}

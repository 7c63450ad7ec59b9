// Who is on stage, what is presented next, and the running order.

import { clone, fillIn, show, write } from "./element.js";
import { hour } from "./page.js";
import { stage, upcoming } from "./state.js";

const FOLLOWING = 3;

/** What is drawn of the stage; `find` looks in the whole page. */
export function makeStage({ find, page, words, at }) {
  function drawSlot(room) {
    const on = stage(room);
    const [plate] = find("[data-slot]");
    show(plate, Boolean(on));
    if (!plate || !on) return;
    const ends = Date.parse(on.started_at ?? on.starts_at) + on.minutes * 60_000;
    const left = Math.floor((ends - at()) / 60_000);
    const place = { n: on.number, of: room.slots.length, left };
    const next = room.slots.find((each) => each.number > on.number && !each.started_at);
    write(plate.querySelector("[data-slot-employer]"), on.employer);
    write(plate.querySelector("[data-slot-place]"), left > 0 ? words("slot_place", place) : `${on.number}/${room.slots.length}`);
    write(plate.querySelector("[data-slot-next]"), next ? words("slot_next", { employer: next.employer, starts: hour(next.starts_at) }) : "");
  }

  function drawFollowing(room) {
    const [line] = find("[data-following]");
    if (!line) return;
    const items = upcoming(room).slice(0, FOLLOWING).map((position) => {
      const node = fillIn(clone("following"), { title: position.title });
      node.href = page.urls.position.replace("/0", `/${position.id}`);
      return node;
    });
    line.replaceChildren(line.firstElementChild, ...items);
    show(line, items.length > 0);
  }

  function drawOrder(room) {
    const [list] = find("[data-order]");
    if (!list || list.children.length !== room.slots.length) return;
    room.slots.forEach((slot, place) => {
      const row = list.children[place];
      const isOn = slot.id === room.slot_id;
      row.classList.toggle("off", Boolean(slot.ended_at) && !isOn);
      if (isOn) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  return { drawSlot, drawFollowing, drawOrder };
}

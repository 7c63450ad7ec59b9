// The running order: whose turn it is, what is left of it, and the hand-over to the next.

import { clone, field, fillIn, write } from "./element.js";
import { duration, hour } from "./page.js";

/** The list data-slots. */
export function makeTurns({ list, words, connection, at, failed }) {
  const drawn = new Map();

  list.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-begin]");
    if (!button) return;
    button.disabled = true;
    try {
      await connection.ask("begin_slot", { slot_id: Number(button.dataset.begin) });
    } catch (error) {
      button.disabled = false;
      failed(error);
    }
  });

  function draw({ room, me }) {
    const canBegin = me.can.includes("arrange");
    const on = room.slots.find((each) => each.id === room.slot_id);
    const next = room.slots.find((each) => each.number > (on?.number ?? 0) && !each.started_at);
    for (const slot of room.slots) {
      const row = list.querySelector(`[data-slot="${slot.id}"]`);
      const kind = slot.id === room.slot_id ? "now" : slot.ended_at ? "past" : canBegin ? "begin" : "wait";
      const look = `${kind} ${slot.id === next?.id}`;
      if (!row || drawn.get(slot.id) === look) continue;
      drawn.set(slot.id, look);
      const made = fillIn(clone(`turn-${kind}`), {
        starts: hour(Date.parse(slot.started_at ?? slot.starts_at)),
        employer: slot.employer,
        minutes: words("minutes", { n: slot.minutes }),
        took: slot.ended_at && slot.started_at ? duration(Date.parse(slot.ended_at) - Date.parse(slot.started_at)) : "",
      });
      made.dataset.slot = slot.id;
      const begin = made.querySelector("[data-begin]");
      if (begin) {
        begin.dataset.begin = slot.id;
        begin.classList.toggle("quiet", slot.id !== next?.id);
      }
      row.replaceWith(made);
    }
    tick();
  }

  /** What is left of the turn, each second. */
  function tick() {
    const { room } = connection.state;
    const slot = room?.slots.find((each) => each.id === room.slot_id);
    const row = slot && list.querySelector(`[data-slot="${slot.id}"]`);
    if (!row || !slot.started_at) return;
    const passed = at() - Date.parse(slot.started_at);
    const left = slot.minutes * 60_000 - passed;
    write(field(row, "left"), words(left >= 0 ? "left" : "over", { time: duration(Math.abs(left)) }));
    const bar = field(row, "progress");
    if (!bar) return;
    bar.max = slot.minutes;
    bar.value = Math.min(slot.minutes, passed / 60_000);
  }

  return { draw, tick };
}

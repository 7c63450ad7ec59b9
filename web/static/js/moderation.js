// What a moderator does with a line of chat: hide it, mute or remove its writer.

import { clone } from "./element.js";
import { deskLines } from "./state.js";

const MUTE_MINUTES = 10;

/** The menus in the chat's `list`; `decorate` puts one to each line of the audience. */
export function makeModeration({ list, words, connection, failed, say }) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-moderate]");
    if (!button) return;
    const row = button.closest("li");
    const line = deskLines(connection.state).find((each) => each.id === row.dataset.id);
    if (line) moderate(button.dataset.moderate, line);
  });

  async function moderate(kind, line) {
    const deed = {
      hide: { fields: { line_id: line.id }, back: "show", words: "hidden" },
      mute: { fields: { person: line.by, minutes: MUTE_MINUTES }, back: "unmute", words: "muted" },
      ban: { fields: { person: line.by }, back: "unban", words: "banned" },
    }[kind];
    const { minutes: _minutes, ...same } = deed.fields;
    try {
      await connection.ask(kind, deed.fields);
      say(words(deed.words, { who: line.name }), { undo: () => connection.ask(deed.back, same).catch(failed) });
    } catch (error) {
      failed(error);
    }
  }

  /** Only the audience's lines can be moderated, and only by who may. */
  function decorate(node, line) {
    const menu = node.querySelector("details.menu");
    const isWanted = connection.state.me?.can.includes("moderate") && line.role === "audience" && !line.question;
    if (menu && !isWanted) menu.remove();
    else if (!menu && isWanted) node.append(clone("moderation"));
  }

  return { decorate };
}

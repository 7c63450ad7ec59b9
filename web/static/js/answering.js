// Questions at the desk: those that wait, the most wanted first; answered by word of mouth or in writing.

import { arrange, clone, fillIn, show, write } from "./element.js";
import { duration, newKey } from "./page.js";

/** The list data-questions of the console. */
export function makeAnswering({ list, none, words, connection, failed }) {
  const made = new Map();
  list.replaceChildren();

  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-question]");
    const id = Number(row?.dataset.question);
    if (event.target.closest("[data-answer-spoken]")) answer(row, id, "");
    else if (event.target.closest("[data-answer-typed]")) toggle(row);
    else if (event.target.closest("[data-hide-question]")) hide(id);
  });
  list.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-answer-form]");
    if (!form) return;
    event.preventDefault();
    const row = form.closest("[data-question]");
    answer(row, Number(row.dataset.question), form.elements.text.value);
  });

  async function answer(row, id, text) {
    row.dataset.key ??= newKey();
    const buttons = [...row.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      await connection.ask("answer", { question_id: id, text }, row.dataset.key);
    } catch (error) {
      delete row.dataset.key;
      failed(error);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  function hide(id) {
    connection.ask("hide", { question_id: id }).catch(failed);
  }

  function toggle(row) {
    const form = row.querySelector("[data-answer-form]");
    show(form, form.hidden);
    row.querySelector("[data-answer-typed]").setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.elements.text.focus();
  }

  function draw({ room, me }) {
    const canAnswer = me.can.includes("answer");
    const waiting = room.questions.filter((each) => each.status === "waiting");
    waiting.sort((a, b) => b.votes - a.votes || a.id - b.id);
    const isWriting = list.contains(document.activeElement);
    const nodes = waiting.map((question) => row(question, canAnswer));
    if (isWriting) keepPlaces(nodes);
    else arrange(list, nodes);
    show(none, waiting.length === 0);
    write(document.querySelector('[data-count="questions"]'), waiting.length);
  }

  /** While an answer is being written, rows come and go but do not change places. */
  function keepPlaces(nodes) {
    for (const child of [...list.children]) if (!nodes.includes(child)) child.remove();
    list.append(...nodes.filter((node) => node.parentElement !== list));
  }

  function row(question, canAnswer) {
    let node = made.get(question.id);
    if (!node) {
      node = clone("question");
      node.dataset.question = question.id;
      made.set(question.id, node);
    }
    fillIn(node, {
      text: question.text,
      who: question.name,
      votes: question.votes ? words("votes", { n: question.votes }) : "",
    });
    for (const button of node.querySelectorAll("[data-answer-spoken], [data-answer-typed]")) show(button, canAnswer);
    return node;
  }

  /** How long the oldest waits, each second. */
  function tick(at) {
    const waiting = connection.state.room?.questions.filter((each) => each.status === "waiting") ?? [];
    const oldest = Math.min(...waiting.map((each) => Date.parse(each.asked_at)));
    write(
      document.querySelector("[data-longest]"),
      waiting.length ? words("longest", { time: duration(at - oldest) }) : "",
    );
  }

  return { draw, tick };
}

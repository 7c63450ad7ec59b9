// The list of questions: one's own first, then those still waiting, the most wanted first; answers below.

import { arrange, clone, field, fillIn, show, write } from "./element.js";
import { newKey } from "./page.js";

/** The questions in `list`. */
export function makeQuestions({ list, none, connection, words, tell }) {
  const made = new Map();
  list.replaceChildren();
  const voteKeys = new Map();
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-question]");
    const id = Number(row?.dataset.question);
    if (event.target.closest("[data-vote]")) vote(id, event.target.closest("button"));
    if (event.target.closest("[data-withdraw-question]")) withdraw(id, event.target.closest("button"));
  });

  async function vote(id, button) {
    if (!connection.state.me.can.includes("ask")) {
      tell(words("sign_in"));
      return;
    }
    button.setAttribute("aria-pressed", "true");
    if (!voteKeys.has(id)) voteKeys.set(id, newKey());
    try {
      await connection.ask("vote", { question_id: id }, voteKeys.get(id));
      connection.learn((state) => ({ ...state, me: { ...state.me, voted: [...state.me.voted, id] } }));
    } catch {
      button.setAttribute("aria-pressed", "false");
      tell(words("not_sent"));
    }
  }

  async function withdraw(id, button) {
    button.disabled = true;
    try {
      await connection.ask("withdraw_question", { question_id: id });
    } catch {
      button.disabled = false;
      tell(words("not_sent"));
    }
  }

  function draw(questions, me) {
    const isMine = (each) => Boolean(me?.person) && each.by === me.person;
    const rank = (each) => (each.status !== "waiting" ? 2 : isMine(each) ? 0 : 1);
    const inOrder = [...questions].sort((a, b) => rank(a) - rank(b) || b.votes - a.votes || a.id - b.id);
    arrange(list, inOrder.map((question) => row(question, isMine(question), me)));
    show(none, questions.length === 0);
  }

  function row(question, isMine, me) {
    let node = made.get(question.id);
    if (!node) {
      node = clone("question");
      node.dataset.question = question.id;
      made.set(question.id, node);
    }
    const isAnswered = question.status === "answered";
    fillIn(node, { text: question.text, who: isMine ? words("waiting") : question.name });
    node.classList.toggle("mine", isMine);
    show(field(node, "mine"), isMine);
    show(field(node, "open"), !isAnswered);
    show(field(node, "reply"), isAnswered);
    if (isAnswered) fillIn(node, { answerer: question.answerer, answer: question.answer || words("spoken") });
    const voteButton = node.querySelector("[data-vote]");
    show(voteButton, !isMine && Boolean(me?.has_account));
    write(node.querySelector("[data-votes]"), question.votes);
    if (me?.voted?.includes(question.id)) voteButton.setAttribute("aria-pressed", "true");
    show(node.querySelector("[data-withdraw-question]"), isMine);
    return node;
  }

  return { draw };
}

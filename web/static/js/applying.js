// Applying: one tap, one key, one application, over the socket or, when that is down, by the form itself.

import { clone, field, fillIn, show, write } from "./element.js";
import { clock, newKey, post } from "./page.js";
import { moment } from "./print.js";
import { applicationFor, movedIn } from "./state.js";

const BY_FORM = new Set(["offline", "no_answer", "busy"]);
const REPLY_WITHIN_MS = 24 * 3_600_000;

/**
 * Forms with data-apply and data-withdraw within `root`, and what stands in their place afterwards.
 * `tell` says a line to a reader; `failed(form, words, way)` shows why nothing came of it, with the way on or null.
 */
export function makeApplying({ root, connection, page, words, token, tell, isCare = false }) {
  const undoUntil = new Map();
  const problems = new Map();
  const pending = new Set();
  let focusWas = 0;

  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-apply], form[data-withdraw]");
    if (!form) return;
    const positionId = positionOf(form);
    if (!positionId) return;
    if (!connection.state.me) return; // The room was never reached: the form goes as it does without a script.
    event.preventDefault();
    if (form.matches("[data-apply]")) apply(form, positionId);
    else withdraw(form, positionId);
  });

  async function apply(form, positionId) {
    if (pending.has(positionId)) return;
    const key = form.elements.key?.value || newKey();
    busy(form, positionId, true, words("applying"));
    try {
      const reply = await send(() => connection.ask("apply", { position_id: positionId }, key), form, key);
      undoUntil.set(positionId, Date.parse(reply.undo_until));
      problems.delete(positionId);
      learn(reply.application);
      tell(words("told_applied", { title: titleOf(positionId) }));
    } catch (error) {
      const code = error.code ?? error.error;
      if (code === "already_applied" && !applicationFor(connection.state.me, positionId)) {
        learn({ id: error.application_id ?? 0, position_id: positionId, status: "submitted", applied_at: null });
      }
      problems.set(positionId, problem(code));
      tell(problem(code).words);
    } finally {
      busy(form, positionId, false);
      redraw();
    }
  }

  async function withdraw(form, positionId) {
    const application = applicationFor(connection.state.me, positionId);
    if (!application || pending.has(positionId)) return;
    busy(form, positionId, true);
    try {
      await send(() => connection.ask("withdraw", { application_id: application.id }), form);
      undoUntil.delete(positionId);
      learn({ ...application, status: "withdrawn" });
      tell(words("withdrawn"));
    } catch (error) {
      tell(words(error.code === "illegal_transition" ? "not_withdrawn" : "not_sent"));
    } finally {
      busy(form, positionId, false);
      redraw();
    }
  }

  /** By the socket; when that is down or silent, by the form with the same key. */
  async function send(ask, form, key = null) {
    try {
      return await ask();
    } catch (error) {
      if (!BY_FORM.has(error.code)) throw error;
      const body = new FormData(form);
      if (key) body.set("key", key);
      const answer = await post(form.action, body, token);
      return answer.application ? answer : { ...answer, application: answer };
    }
  }

  function learn(application) {
    if (connection.state.me) {
      connection.learn((state) => ({ ...state, me: movedIn(state.me, application) }));
    }
  }

  function problem(code) {
    if (code === "incomplete_resume") return { words: words("incomplete_resume"), href: page.urls.profile, link: words("fill_profile") };
    if (code === "sign_in" || code === "sign_in_first") return { words: words("sign_in"), href: page.urls.sign_in, link: words("sign_in_link") };
    const known = ["already_applied", "position_closed", "not_permitted", "key_reused", "rate_limited", "not_live"];
    return { words: words(known.includes(code) ? code : "not_applied"), href: null, link: "" };
  }

  function busy(form, positionId, isBusy, label) {
    const button = form.querySelector("button");
    if (isBusy && form.contains(document.activeElement)) focusWas = positionId;
    if (isBusy) pending.add(positionId);
    else pending.delete(positionId);
    if (!button) return;
    button.disabled = isBusy;
    if (label) {
      button.dataset.words ??= button.textContent;
      button.textContent = label;
    } else if (!isBusy && button.dataset.words) {
      button.textContent = button.dataset.words;
    }
  }

  /** Draw into `part` what stands where one applies for `position`: the receipt, the form, or why neither. */
  function draw(part, position) {
    if (!part || pending.has(position.id)) return;
    const application = applicationFor(connection.state.me, position.id);
    const isUndoable = canUndo(position.id);
    const trouble = problems.get(position.id);
    const kind = application
      ? `applied ${application.status} ${isUndoable}`
      : !position.is_open ? "closed" : page.blocked ? "blocked" : `open ${trouble?.words ?? ""}`;
    const drawn = `${position.id} ${kind}`;
    if (part.dataset.drawn === drawn) return;
    part.dataset.drawn = drawn;
    if (application) part.replaceChildren(receipt(application, position, isUndoable));
    else if (!position.is_open) part.replaceChildren(clone("closed"));
    else if (page.blocked) part.replaceChildren(blocked(page.blocked));
    else part.replaceChildren(applyForm(position, trouble));
    keepFocus(part, position.id);
  }

  /** Who pressed the button with a keyboard goes on from what took its place. */
  function keepFocus(part, positionId) {
    if (focusWas !== positionId) return;
    focusWas = 0;
    const candidates = [...part.querySelectorAll("button, a[href]")];
    candidates.find((each) => each.checkVisibility?.() ?? true)?.focus({ preventScroll: true });
  }

  function receipt(application, position, isUndoable) {
    const node = clone("applied");
    const at = application.applied_at ? Date.parse(application.applied_at) : connection.at();
    const isWaiting = application.status === "submitted";
    fillIn(node, {
      clock: clock(at),
      reply_by: isWaiting
        ? words("reply_by", { when: moment(at + REPLY_WITHIN_MS, connection.at(), words) })
        : page.statuses[application.status],
    });
    node.dataset.status = application.status;
    show(undoing(node, position), isUndoable);
    return node;
  }

  /** For a row of the list: the form that takes the application back while one tap does. */
  function undoForm(position) {
    return undoing(clone("applied"), position);
  }

  function undoing(node, position) {
    const form = node.querySelector("form[data-withdraw]");
    form.action = page.urls.withdraw.replace("/0", `/${position.id}`);
    return form;
  }

  function blocked(reason) {
    const node = clone("blocked");
    fillIn(node, { words: reason.words, link: reason.link });
    const link = field(node, "link");
    show(link, Boolean(reason.href));
    if (reason.href) link.href = reason.href;
    return node;
  }

  function applyForm(position, trouble) {
    const form = clone(isCare ? "care-apply" : "apply");
    form.action = page.urls.apply.replace("/0", `/${position.id}`);
    form.elements.key.value = newKey();
    fillIn(form, { employer: position.employer, "employer-again": position.employer });
    const line = field(form, "problem");
    if (trouble && line) {
      line.replaceChildren(trouble.words);
      if (trouble.href) {
        const link = document.createElement("a");
        link.href = trouble.href;
        link.textContent = trouble.link;
        line.append(" ", link);
      }
      show(line, true);
    }
    return form;
  }

  /** The form of a row in the list of positions, and to whom the résumé goes. */
  function rowForm(position, trouble) {
    const part = clone("row-apply");
    const form = part.querySelector("form");
    form.action = page.urls.apply.replace("/0", `/${position.id}`);
    form.elements.key.value = newKey();
    fillIn(part, { employer: position.employer });
    const line = field(part, "problem");
    write(line, trouble?.words ?? "");
    show(line, Boolean(trouble));
    return [...part.children];
  }

  /** The seconds left to undo, each second. */
  function tick() {
    const at = connection.at();
    for (const [positionId, until] of undoUntil) {
      const left = Math.ceil((until - at) / 1000);
      for (const holder of root.querySelectorAll(`[data-position="${positionId}"], [data-job="${positionId}"]`)) {
        const form = holder.querySelector("form[data-withdraw]");
        write(form && field(form, "seconds"), left > 0 ? words("seconds", { n: left }) : "");
      }
      if (left <= 0) {
        undoUntil.delete(positionId);
        redraw();
      }
    }
  }

  function positionOf(form) {
    const holder = form.closest("[data-position], [data-job]");
    const number = Number(holder?.dataset.position ?? holder?.dataset.job);
    return number || Number(form.dataset.apply) || pinnedId();
  }

  const canUndo = (id) => (undoUntil.get(id) ?? 0) > connection.at();
  const pinnedId = () => connection.state.room?.pin?.position_id ?? 0;
  const titleOf = (id) => connection.state.room?.positions.find((each) => each.id === id)?.title ?? "";
  const redraw = () => connection.learn((state) => state);

  return { draw, rowForm, undoForm, tick, canUndo, isPending: (id) => pending.has(id), troubleOf: (id) => problems.get(id) };
}

// What is known of a room, and how a message of the protocol changes it. Pure: no page, no socket, no clock.

export const CHAT_KEPT = 50;
export const CAPTIONS_KEPT = 20;

/** Nothing known yet. */
export function empty() {
  return {
    epoch: null, seq: null, room: null, me: null, counts: { present: 0, likes: 0, left_out: 0 },
    matches: {}, matchState: "none", fits: {}, overheard: [], isDelayed: false,
  };
}

/** The state after a `welcome`: the whole room anew, or the events that were missed. */
export function welcomed(state, message) {
  const met = { ...state, epoch: message.epoch, counts: message.counts, me: message.me, matchState: message.me.match_state };
  if (message.how === "fresh") return { ...met, seq: message.seq, room: message.room, matches: {}, fits: {}, overheard: [] };
  return { ...met, room: message.events.reduce(happened, state.room), seq: message.seq };
}

/**
 * The state after a `tick`: {state, events} with those events that were new, or null when something is missing
 * between, and the room has to be entered again.
 */
export function ticked(state, message) {
  if (message.epoch !== state.epoch || message.after > state.seq) return null;
  const fresh = message.events.slice(Math.max(0, state.seq - message.after));
  const seq = Math.max(state.seq, message.seq);
  const isDelayed = message.is_delayed === true;
  return { state: { ...state, counts: message.counts, room: fresh.reduce(happened, state.room), seq, isDelayed }, events: fresh };
}

/** The room after one event; a kind that is not known changes nothing. */
export function happened(room, event) {
  const change = CHANGES[event.kind];
  return change ? { ...room, ...change(room, event) } : room;
}

/** The state after a message to this person alone. */
export function told(state, message) {
  switch (message.type) {
    case "matches":
      return { ...state, matchState: message.match_state, matches: byPosition(message.matches ?? []) };
    case "match":
      return { ...state, matches: { ...state.matches, [message.match.position_id]: message.match } };
    case "application":
      return { ...state, me: movedIn(state.me, message.application) };
    case "arrived":
      return { ...state, me: staffed(state.me, { arrivals: [message.arrival, ...without(state.me.staff?.arrivals, message.arrival.id)] }) };
    case "overheard":
      return { ...state, overheard: newest([...state.overheard, message.line]) };
    case "fits":
      return { ...state, fits: byPosition(message.fits) };
    case "sanctioned":
      return { ...state, me: { ...state.me, is_muted: message.kind === "mute", muted_until: message.until ?? null } };
    case "sanction":
      return { ...state, me: staffed(state.me, { sanctions: sanctioned(state.me.staff?.sanctions ?? [], message) }) };
    default:
      return state;
  }
}

/** `me` with this application as it stands now, among one's own or among those that arrived. */
export function movedIn(me, application) {
  if (me.staff) {
    const arrivals = (me.staff.arrivals ?? []).map((each) => (each.id === application.id ? { ...each, ...application } : each));
    return staffed(me, { arrivals });
  }
  const others = (me.applications ?? []).filter((each) => each.position_id !== application.position_id);
  return { ...me, applications: [...others, application] };
}

/** The application for a position that stands, or undefined. */
export function applicationFor(me, positionId) {
  return me?.applications?.find((each) => each.position_id === positionId && each.status !== "withdrawn");
}

/** The position on screen, or undefined. */
export function pinned(room) {
  return room?.pin ? room.positions.find((each) => each.id === room.pin.position_id) : undefined;
}

/** The slot on stage, or undefined. */
export function stage(room) {
  return room?.slots.find((each) => each.id === room.slot_id);
}

/** The positions that a desk is about: of one's own employer, for a moderator of the one on stage. */
export function deskPositions({ room, me }) {
  const employerId = me.employer_id ?? stage(room)?.employer_id;
  return room.positions.filter((each) => employerId === undefined || each.employer_id === employerId);
}

/** The lines that a desk reads: those of the room and those that sampling left out, by time. */
export function deskLines({ room, overheard }) {
  if (overheard.length === 0) return room.chat;
  const heard = new Set(room.chat.map((each) => each.id));
  const all = [...room.chat, ...overheard.filter((each) => !heard.has(each.id))];
  return newest(all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)));
}

/** What the employer on stage presents next: offered, never on screen, open; in running order. */
export function upcoming(room) {
  const on = stage(room);
  return room.positions.filter(
    (each) => each.is_open && !each.shown_ms && each.id !== room.pin?.position_id && (!on || each.employer_id === on.employer_id),
  );
}

const CHANGES = {
  said: (room, { line }) => ({ chat: newest([...room.chat, line]) }),
  captioned: (room, { caption }) => ({ captions: captioned(room.captions ?? [], caption) }),
  hid: (room, { line_id }) => ({ chat: without(room.chat, line_id) }),
  showed: (room, { line }) => ({ chat: newest(putBack(without(room.chat, line.id), line)) }),
  asked: (room, { question }) => ({ questions: replaced(room.questions, question) }),
  voted: (room, { question_id, votes }) => ({ questions: changed(room.questions, question_id, { votes }) }),
  answered: (room, { question, line }) => ({
    questions: replaced(room.questions, question),
    chat: newest([...without(room.chat, line.id), line]),
  }),
  question_gone: (room, { question_id }) => ({
    questions: without(room.questions, question_id),
    chat: without(room.chat, `q${question_id}`),
  }),
  pinned: (room, { pin, previous }) => ({ pin, positions: shown(room.positions, previous) }),
  unpinned: (room, { previous }) => ({ pin: null, positions: shown(room.positions, previous) }),
  applied: (room, { position_id, applied }) => ({ positions: changed(room.positions, position_id, { applied }) }),
  position: (room, { position }) => ({ positions: changed(room.positions, position.id, position) }),
  slot: (_room, { slot_id, slots }) => ({ slot_id, slots }),
  session: (_room, { session }) => ({ session }),
  arranged: (_room, { session, slot_id, slots, positions, pin }) => ({ session, slot_id, slots, positions, pin }),
};

const newest = (lines) => lines.slice(-CHAT_KEPT);
const captioned = (lines, line) =>
  lines.some((each) => each.id === line.id) ? lines : [...lines, line].slice(-CAPTIONS_KEPT);
const without = (items, id) => (items ?? []).filter((each) => each.id !== id);
const changed = (items, id, change) => items.map((each) => (each.id === id ? { ...each, ...change } : each));
const byPosition = (items) => Object.fromEntries(items.map((each) => [each.position_id, each]));
const staffed = (me, change) => ({ ...me, staff: { ...me.staff, ...change } });
const shown = (positions, previous) =>
  previous ? changed(positions, previous.position_id, { shown_ms: previous.shown_ms }) : positions;

function replaced(items, item) {
  return items.some((each) => each.id === item.id) ? changed(items, item.id, item) : [...items, item];
}

function putBack(lines, line) {
  const place = lines.findIndex((each) => Date.parse(each.at) > Date.parse(line.at));
  return place < 0 ? [...lines, line] : [...lines.slice(0, place), line, ...lines.slice(place)];
}

function sanctioned(standing, { person, name, kind, until }) {
  const base = kind.replace(/^un/, "");
  const others = standing.filter((each) => !(each.person === person && each.kind === base));
  return kind.startsWith("un") ? others : [...others, { person, name, kind: base, until: until ?? null }];
}

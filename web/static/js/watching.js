// Which way the picture comes, and the other way when that one fails: the relay in a small room, HLS in a large one or where
// the relay cannot be played, WHEP where the session's picture is a media server's. It draws nothing: it says what stands.

import { makeAmounts } from "./amounts.js";
import { makeEdge } from "./edge.js";
import { HlsPicture } from "./hlspicture.js";
import { Relay, canRelay } from "./relay.js";
import { Whep } from "./whep.js";

const OVER = new Set(["ended", "closed", "banned", "version"]);
const NEVER_AGAIN = new Set(["mime", "unsupported", "script"]);
const WAITS_MS = [0, 0, 1000, 2000, 5000, 10_000, 20_000];
const MP4_PIECE_S = 1;
const WEBM_PIECE_S = 0.3;
const PLAYED_WELL_MS = 20_000;

/**
 * The picture of `page` on `video`. `size()` gives how many are in the room, `at()` the server's clock in ms.
 * `told({standing, way, why})` hears: connecting, playing, soundless, waiting, paused (why: host, lost), failed, over.
 */
export function makeWatching({ video, page, size, at, told }) {
  const { picture, token, session } = page;
  const edge = makeEdge(video);
  const amounts = makeAmounts();
  let player = null;
  let way = null;
  let only = null;
  let zeroAt = null;
  let timer = 0;
  let failures = 0;
  let playingSince = 0;
  const useless = new Set();

  const say = (standing, why = "") => told({ standing, way, why });

  /** Begin, with the sound alone where that is wanted and can be had. */
  function open(isSoundWanted) {
    close();
    only = isSoundWanted && picture.sound ? "sound" : null;
    failures = 0;
    start(first());
  }

  function close() {
    clearTimeout(timer);
    player?.close();
    player = null;
    way = null;
    zeroAt = null;
  }

  /** The ways there are, the one that suits best first. */
  function ways() {
    if (picture.source === "hls") return ["hls"];
    if (picture.source === "whep") return ["whep"];
    const isSmall = size() <= picture.relay_most;
    const all = isSmall ? ["relay", "hls"] : ["hls", "relay"];
    return all.filter((each) => !useless.has(each) && (each !== "relay" || canRelay));
  }

  const playlist = () => (only ? picture.sound : picture.url || picture.hls);
  const first = () => ways()[0];
  const other = () => ways().find((each) => each !== way) ?? ways()[0];

  function start(wanted) {
    if (!wanted) {
      say("failed");
      return;
    }
    player?.close();
    way = wanted;
    zeroAt = null;
    say("connecting");
    amounts.begin(only ?? "picture");
    if (way === "relay") player = new Relay(video, { ticketUrl: picture.ticket, token, session, only }, relayCalls);
    else if (way === "hls") player = new HlsPicture(video, playlist(), picture.script, { began, failed, received: amounts.came });
    else player = new Whep(video, picture.url, { began, failed });
    player.open();
  }

  const relayCalls = {
    began: (message) => {
      zeroAt = message.zero_at ? Date.parse(message.zero_at) : null;
      edge.reset(message.mime.includes("mp4") ? MP4_PIECE_S : WEBM_PIECE_S);
      began();
    },
    appended: edge.appended,
    received: amounts.came,
    message: (message) => {
      zeroAt = null;
      // A host that is done says nothing of the next one; the session's end closes the line with its own code.
      if (message.type === "ended") say("waiting");
      else if (message.type === "waiting" && message.hls && !useless.has("hls")) start("hls");
      else say(message.type, message.why);
    },
    failed,
  };

  function began() {
    playingSince = performance.now();
    say("playing");
  }

  function failed(reason) {
    player = null;
    zeroAt = null;
    if (OVER.has(reason)) {
      over(reason);
      return;
    }
    if (NEVER_AGAIN.has(reason)) useless.add(way);
    if (playingSince && performance.now() - playingSince > PLAYED_WELL_MS) failures = 0;
    playingSince = 0;
    const wait = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)];
    failures += 1;
    // No segment yet is no failure to tell of: the host has not begun, or began a moment ago.
    say(failures > 3 && reason !== "manifestLoadError" ? "failed" : "connecting", reason);
    const next = other();
    timer = setTimeout(() => start(next), wait);
  }

  function over(reason) {
    close();
    say("over", reason);
  }

  /** The instant that is on the picture, in ms of the server's clock; null without a picture or where nobody knows. */
  function moment() {
    if (!player || video.readyState < 2) return null;
    if (way === "relay") return zeroAt === null ? null : zeroAt + video.currentTime * 1000;
    return player.moment();
  }

  /** How many ms the picture is behind, or null. */
  function behind() {
    const shown = moment();
    return shown === null ? null : Math.max(0, at() - shown);
  }

  return { open, close, moment, behind, way: () => way, hourly: amounts.hourly };
}

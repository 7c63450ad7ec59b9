// The picture of a room, as one follows it: joins the way it comes, what stands over it, its captions and its clock.

import { makeCaptions } from "./captions.js";
import { makeMediaClock } from "./mediaclock.js";
import { followKept, makeScreen } from "./screen.js";
import { makeWatching } from "./watching.js";

const TELL_MS = 1000;

/** The picture in `box` = [data-picture]. `size()`: how many are in the room; `at()`: the server's clock; `due()`: draw again. */
export function makePictureOf({ box, page, words, size, at, due }) {
  const video = box.querySelector("[data-video]");
  let follow = followKept();
  let standing = "connecting";
  const captions = makeCaptions({ box, words, shownAt: () => moment() ?? at() });
  const screen = makeScreen({ box, words, chose, retry: open, captions: captions.toggle });
  const watching = makeWatching({ video, page, size, at, told });
  const clock = makeMediaClock({ moment, at, due });

  /** Begin to follow, as one did the last time. */
  function open() {
    if (follow !== "none") watching.open(follow === "sound");
  }

  function chose(wanted) {
    const was = follow;
    follow = wanted;
    if (wanted === "none") {
      watching.close();
      screen.say("");
      screen.tell(null, "");
    } else if (was === "none" || (page.picture.sound && was !== wanted)) open();
  }

  function told({ standing: now, why }) {
    standing = now;
    if (now === "playing") {
      screen.say("");
      screen.play();
      return;
    }
    const key = now === "paused" && why === "lost" ? "lost" : now;
    screen.say(`screen_${key}`, { mayRetry: now === "failed" });
  }

  /** The instant on the picture; null without one. */
  function moment() {
    return follow === "none" || standing !== "playing" ? null : watching.moment();
  }

  setInterval(() => {
    captions.draw();
    if (follow === "none") return;
    if (follow === "sound" && page.picture.sound) screen.tellAmounts(watching.hourly("sound"), watching.hourly("picture"));
    const isMoving = standing === "playing" && video.readyState > 1;
    const height = video.videoHeight ? `${video.videoHeight}p` : "";
    screen.tell(isMoving ? watching.behind() : null, [height, words(`way_${watching.way()}`)].filter(Boolean).join(" · "));
  }, TELL_MS);

  return { open, pinOf: clock.pinOf, caption: captions.hear, behind: () => (moment() === null ? 0 : watching.behind() ?? 0) };
}

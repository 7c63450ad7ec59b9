// How close behind the newest picture a viewer plays: as near as the pieces come, further where they come unevenly.

const MARGIN_S = 0.15;
const MARGIN_AT_MOST_S = 1.2;
const MARGIN_STEP_S = 0.15;
const MARGIN_DECAY = 0.03;
const SETTLES_S = 5;
const CATCH_UP_S = 0.3;
const JUMP_S = 2.5;
const TOO_NEAR_S = 0.1;
const FASTER = 1.1;
const SLOWER = 0.95;
const GAPS_KEPT = 12;
const GAP_S = 0.3;
const GAP_AT_MOST_S = 2;
const BURST_S = 0.03;

/** Keeps `video` at the edge; call `appended` after each piece, `reset` before a new stream. `now` gives seconds. */
export function makeEdge(video, now = () => performance.now() / 1000) {
  let gaps = [];
  let expected = GAP_S;
  let margin = MARGIN_S;
  let lastAt = 0;
  let lastEnd = 0;
  let hasBegun = false;
  let begunAt = 0;

  video.addEventListener("waiting", () => {
    // Only a picture that had played for a while and ran dry tells of an uneven line.
    const isSettled = hasBegun && now() - begunAt > SETTLES_S;
    if (isSettled && !video.paused && !video.seeking) margin = Math.min(MARGIN_AT_MOST_S, margin + MARGIN_STEP_S);
  });

  /** How far behind the end one has to be so that the next piece comes in time. */
  function lead() {
    return Math.max(...(gaps.length ? gaps : [expected])) + margin;
  }

  function appended() {
    const { buffered } = video;
    if (!buffered.length) return;
    const start = buffered.start(buffered.length - 1);
    const end = buffered.end(buffered.length - 1);
    measure(end);
    const isOutside = video.currentTime < start - 0.05 || video.currentTime > end + 0.5;
    const behind = end - video.currentTime;
    if (!hasBegun || isOutside || behind > lead() + JUMP_S) {
      if (!hasBegun) begunAt = now();
      hasBegun = true;
      video.currentTime = Math.max(start, end - lead());
    } else video.playbackRate = pace(behind - lead());
  }

  /** Faster when too late, slower when too near the end to bear a late piece; until the place is right again. */
  function pace(late) {
    if (late > CATCH_UP_S) return FASTER;
    if (late < -TOO_NEAR_S) return SLOWER;
    const isRight = video.playbackRate > 1 ? late <= 0 : late >= 0;
    return isRight ? 1 : video.playbackRate;
  }

  function measure(end) {
    const at = now();
    if (end > lastEnd + BURST_S && at - lastAt > BURST_S) {
      // What was uneven once need not stay so: nearer again, a little each second.
      if (lastAt) margin = Math.max(MARGIN_S, margin - MARGIN_DECAY * (at - lastAt));
      if (lastAt) gaps = [...gaps.slice(1 - GAPS_KEPT), Math.min(GAP_AT_MOST_S, at - lastAt)];
      lastAt = at;
    }
    lastEnd = Math.max(lastEnd, end);
  }

  /** Begin anew; `each`: how long a piece is taken to be until some have come, in seconds. */
  function reset(each = GAP_S) {
    gaps = [];
    expected = each;
    lastAt = lastEnd = 0;
    hasBegun = false;
    video.playbackRate = 1;
  }

  return { appended, reset };
}

// What stands over the picture: its controls, what is said while there is none, the latency, and how one wants to follow.
// Three ways to follow, remembered by the browser: the picture, its sound alone, or neither.

import { show, write } from "./element.js";

const KEPT = "gangbo.follow";
const AWAKE_MS = 3000;
const FOLLOWS = ["picture", "sound", "none"];

/** How this browser wants to follow: `picture`, `sound` or `none`. */
export function followKept() {
  try {
    const kept = localStorage.getItem(KEPT);
    return FOLLOWS.includes(kept) ? kept : "picture";
  } catch {
    return "picture";
  }
}

/** The controls of `box` = [data-picture]; `chose(follow)`, `retry()` and `captions()` are asked when pressed. */
export function makeScreen({ box, words, chose, retry, captions }) {
  const video = box.querySelector("[data-video]");
  const plate = box.querySelector("[data-screen]");
  const controls = box.querySelector("[data-controls]");
  const button = (name) => box.querySelector(`[data-control="${name}"]`);
  let awake = 0;
  let isRefused = false;

  video.controls = false;
  show(controls, true);
  show(button("full"), Boolean(box.requestFullscreen || video.webkitEnterFullscreen));
  show(button("float"), Boolean(document.pictureInPictureEnabled));

  box.addEventListener("pointermove", wake);
  box.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-control]")?.dataset.control;
    if (pressed) presses[pressed]?.(event);
    wake();
  });
  video.addEventListener("play", draw);
  video.addEventListener("pause", draw);
  video.addEventListener("volumechange", draw);
  document.addEventListener("fullscreenchange", draw);

  const presses = {
    play: () => (video.paused ? play() : video.pause()),
    mute: () => {
      video.muted = !video.muted;
      if (video.paused) play();
    },
    sound: () => {
      video.muted = false;
      play();
    },
    full: () => fullscreen(box, video),
    float: () => (document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture()).catch(() => {}),
    retry,
    captions,
    follow: (event) => follow(event.target.closest("[data-follow]").dataset.follow),
  };

  /** Play with sound where the browser allows it, else without, else when one asks for it. */
  async function play() {
    isRefused = false;
    try {
      await video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") return;
      isRefused = video.muted;
      if (!video.muted) {
        video.muted = true;
        await play();
      }
    }
    draw();
  }

  function follow(wanted) {
    try {
      localStorage.setItem(KEPT, wanted);
    } catch { /* A browser that keeps nothing asks again the next time. */ }
    drawFollow(wanted);
    chose(wanted);
  }

  function drawFollow(wanted) {
    box.dataset.followed = wanted;
    show(box.querySelector("[data-sound-cover]"), wanted === "sound");
    show(box.querySelector("[data-none-cover]"), wanted === "none");
    for (const choice of box.querySelectorAll("[data-follow]")) show(choice, choice.dataset.follow !== wanted);
  }

  /** What is said in the place of a picture; empty takes it away. */
  function say(key, { mayRetry = false } = {}) {
    show(plate, Boolean(key));
    if (key) write(plate.querySelector("[data-screen-words]"), words(key));
    show(button("retry"), mayRetry);
  }

  function draw() {
    const state = { play: video.paused, mute: video.muted, full: Boolean(document.fullscreenElement) };
    for (const [name, isOn] of Object.entries(state)) {
      const pressed = button(name);
      if (!pressed) continue;
      pressed.setAttribute("aria-label", words(isOn ? `${name}_on` : `${name}_off`));
      pressed.classList.toggle("on", isOn);
    }
    show(button("sound"), video.muted && !video.paused);
    show(button("start"), isRefused && video.paused);
    if (video.paused) box.classList.add("awake");
    else sleepLater();
  }

  /** The controls show while somebody moves, and go a moment after. */
  function wake() {
    box.classList.add("awake");
    sleepLater();
  }

  function sleepLater() {
    clearTimeout(awake);
    awake = setTimeout(() => video.paused || box.classList.remove("awake"), AWAKE_MS);
  }

  /** How far behind the picture is, and how it comes; null where nobody knows. */
  function tell(milliseconds, quality) {
    const latency = box.querySelector("[data-latency]");
    show(latency, milliseconds !== null);
    if (milliseconds !== null) write(latency.querySelector("[data-latency-words]"), words("latency", { n: (milliseconds / 1000).toFixed(1) }));
    write(box.querySelector("[data-quality]"), quality);
  }

  /** What the sound alone takes, and the picture, in megabytes an hour; null where nobody knows yet. */
  function tellAmounts(sound, picture) {
    if (sound === null) return;
    const key = picture === null ? "amount_sound" : "amount_both";
    write(box.querySelector("[data-sound-amount]"), words(key, { sound, picture }));
  }

  presses.start = presses.play;
  drawFollow(followKept());
  draw();
  return { video, play, say, tell, tellAmounts };
}

function fullscreen(box, video) {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (box.requestFullscreen) box.requestFullscreen().catch(() => {});
  else video.webkitEnterFullscreen?.();
}

// The host's panel of picture and sound: opening devices, going on the screen, pausing, what viewers get of it.

import { Refused, STEPS, listDevices } from "./devices.js";
import { show, write } from "./element.js";
import { Publishing } from "./publishing.js";
import { SHOWS, makeStudio } from "./studio.js";
import { Whip } from "./whep.js";

const KEPT = "gangbo.studio";
const METER_MS = 120;
const LOWER_EACH_MS = 10_000;
const OVER = ["ended", "not_your_turn", "replaced", "no_recorder", "not_understood", "expired", "version", "banned", "closed"];

/** The panel in `root` = [data-studio]. `mayGoOn()` says whether the picture may be seen now: the session is on air. */
export function makeStudioDesk({ root, page, words, mayGoOn }) {
  const part = (name) => root.querySelector(`[data-studio-${name}]`);
  const press = (name) => root.querySelector(`[data-studio="${name}"]`);
  const preview = part("preview");
  const studio = makeStudio({ metronome: page.picture.metronome, card, lost });
  const line = page.picture.publish
    ? new Whip(page.picture.publish, studio.source, { standing, note })
    : new Publishing(
      { ticketUrl: page.picture.ticket, token: page.token, session: page.session },
      () => ({ ...studio.source(), mayRecord: mayRecord() }),
      { standing, note, tooSlow, soundless },
    );
  let isPaused = false;
  let isMuted = false;
  let loudest = 0;
  let loweredAt = -LOWER_EACH_MS;
  let standingNow = "off";

  const presses = {
    open: () => open(),
    air: () => air(),
    stop: () => stop(),
    pause: () => pause(!isPaused),
    mute: () => mute(!isMuted),
    mirror: () => toggle(press("mirror"), root.classList.toggle("mirrored")),
    screen: () => open({ show: studio.choice.show === "camera" ? "both" : "camera" }),
  };
  root.addEventListener("click", (event) => presses[event.target.closest("[data-studio]:not(section)")?.dataset.studio]?.());
  root.addEventListener("change", (event) => choose(event.target));
  navigator.mediaDevices?.addEventListener?.("devicechange", () => studio.isOpen() && drawDevices());
  setInterval(meter, METER_MS);
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, wake);

  /** With the first press the mixer may run: from then on a recorder takes its sound. */
  async function wake() {
    if (await studio.wake()) line.again();
  }

  /** Open the devices; whatever refuses is told with what to do about it. */
  async function open(wanted = {}) {
    trouble("");
    try {
      await studio.open({ height: Number(part("height").value), ...wanted });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      trouble(error.reason);
      draw();
      return false;
    }
    preview.replaceChildren(studio.canvas());
    loudest = 0;
    if (isPaused || isMuted) studio.mute(true);
    await drawDevices();
    line.again();
    keep();
    draw();
    return true;
  }

  async function air() {
    if (!studio.isOpen() && !await open()) return;
    line.begin();
    keep();
    draw();
  }

  function stop() {
    line.end();
    keep();
    draw();
  }

  function pause(isOn) {
    isPaused = isOn;
    studio.pause(isOn);
    if (!isOn && isMuted) studio.mute(true);
    draw();
  }

  function mute(isOn) {
    isMuted = isOn;
    studio.mute(isOn || isPaused);
    draw();
  }

  /** Another device, show or size was chosen. */
  function choose(field) {
    const name = field.dataset.choice;
    if (!name || !studio.isOpen()) return;
    open({ [name]: name === "height" ? Number(field.value) : field.value });
  }

  function lost(which) {
    trouble(which === "screen" ? "" : "device_lost");
    draw();
  }

  /** The line holds back: a smaller picture, at most once in a while. */
  function tooSlow() {
    if (performance.now() - loweredAt < LOWER_EACH_MS) return;
    loweredAt = performance.now();
    if (studio.lower()) {
      part("height").value = studio.choice.height;
      line.again();
    }
    trouble("line_slow", { n: studio.choice.height });
  }

  function soundless() {
    studio.soundless();
    trouble("soundless");
  }

  function standing(name, message = {}) {
    standingNow = name;
    if (OVER.includes(name)) trouble(name);
    else if (name === "on") told(message);
    draw();
    keep();
  }

  function note(message) {
    write(part("note-words"), words("viewers_get", { n: message.viewers, kbit: message.kbit_s, behind: (Math.max(0, message.behind_ms) / 1000).toFixed(1) }));
    show(part("note"), true);
    told(message);
  }

  /** What becomes of the picture besides the relay: HLS for many, the recording for later. */
  function told({ hls, recording }) {
    write(part("hls"), hls ? words(`hls_${hls}`) : "");
    write(part("recording"), recording ? words(`recording_${recording}`) : "");
  }

  /** The stage went to another employer: its picture follows. */
  function yieldStage() {
    if (!line.isWanted) return;
    line.end();
    trouble("not_your_turn");
    keep();
  }

  const mayRecord = () => !part("unrecorded")?.checked;

  function card() {
    return isPaused
      ? { title: words("paused_title"), line: words("paused_line") }
      : { title: words("sound_title"), line: page.picture.title };
  }

  function draw() {
    const isOpen = studio.isOpen();
    const isOn = line.isWanted;
    show(preview, isOpen);
    show(part("poster"), !isOpen);
    show(part("tools"), isOpen);
    show(part("consent"), isOpen && !isOn);
    show(press("open"), !isOpen);
    show(press("air"), isOpen && !isOn && mayGoOn());
    show(press("pause"), isOn);
    show(press("stop"), isOn);
    show(part("note"), isOn && standingNow === "on");
    write(part("plate"), words(isPaused && isOn ? "plate_paused" : isOn ? `plate_${standingNow}` : "plate_off"));
    toggle(press("mute"), isMuted, words(isMuted ? "unmute" : "mute"));
    toggle(press("pause"), isPaused);
    write(press("pause").querySelector("span"), words(isPaused ? "go_on" : "pause"));
    toggle(press("screen"), studio.choice.show === "both" || studio.choice.show === "screen");
    for (const tell of ["hls", "recording"]) if (!isOn) write(part(tell), "");
  }

  function toggle(button, isOn, label) {
    button.setAttribute("aria-pressed", String(isOn));
    if (label) button.setAttribute("aria-label", label);
  }

  async function drawDevices() {
    const { cameras, microphones } = await listDevices();
    fill(part("camera"), cameras, words("camera"));
    fill(part("microphone"), microphones, words("microphone"));
    part("show").value = studio.choice.show;
  }

  function fill(list, devices, name) {
    const chosen = list.value;
    list.replaceChildren(...devices.map((device, place) => new Option(device.label || `${name} ${place + 1}`, device.deviceId)));
    if (devices.some((device) => device.deviceId === chosen)) list.value = chosen;
  }

  function trouble(reason, values = {}) {
    const place = part("trouble");
    show(place, Boolean(reason));
    write(place.querySelector("p"), reason ? words(`trouble_${reason}`, values) : "");
  }

  function meter() {
    if (!studio.isOpen()) return;
    const level = studio.level();
    loudest = Math.max(loudest, level);
    const lit = Math.round(level * part("level").children.length);
    [...part("level").children].forEach((bar, place) => bar.classList.toggle("o", isMuted || isPaused || place >= lit));
  }

  /** Remembered in this window; `goesOn`: the next page may show the picture at once. */
  function keep({ goesOn = false } = {}) {
    try {
      const isOn = goesOn || line.isWanted;
      const kept = { choice: { ...studio.choice }, isOpen: studio.isOpen(), isOn, mayRecord: mayRecord() };
      sessionStorage.setItem(`${KEPT}.${page.session}`, JSON.stringify(kept));
    } catch { /* A window that keeps nothing begins anew. */ }
  }

  /** Go on where this window was: a reload, or the start of the session, opens the same devices again. */
  async function resume() {
    let kept = {};
    try {
      kept = JSON.parse(sessionStorage.getItem(`${KEPT}.${page.session}`) ?? "{}");
    } catch { /* As if nothing was kept. */ }
    if (!kept.isOpen) return draw();
    if (part("unrecorded")) part("unrecorded").checked = kept.mayRecord === false;
    part("height").value = kept.choice.height;
    const wanted = SHOWS.includes(kept.choice.show) ? kept.choice : {};
    // A screen is shared anew by hand only: browsers give it for one page and one press.
    const show = wanted.show === "both" || wanted.show === "screen" ? "camera" : wanted.show;
    if (await open({ ...wanted, show }) && kept.isOn && mayGoOn()) await air();
    return undefined;
  }

  /** What the host has open, for whoever looks it over; `loudest` since it was opened, 0 to 1. */
  function devices() {
    const { height } = studio.choice;
    return { isOpen: studio.isOpen(), isMuted, loudest, height, frames: STEPS[height].frames };
  }

  return { resume, yieldStage, devices, keep, draw, isOn: () => line.isWanted };
}

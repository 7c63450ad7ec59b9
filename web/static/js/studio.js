// A host's studio: the devices that are open, and the one picture and sound that are made of them. It knows no page.

import { makePicture } from "./composing.js";
import { STEPS, closeStream, openCamera, openScreen } from "./devices.js";
import { makeSound } from "./mixing.js";

/** Sources of the picture: the camera, the screen with it or alone, or sound with a card in the picture's place. */
export const SHOWS = ["camera", "both", "screen", "sound"];

/**
 * The studio. `card()` gives the words that are drawn on a still picture; `lost(which)` hears that a device ended by itself:
 * camera or screen.
 */
export function makeStudio({ metronome, card, lost }) {
  const choice = { show: "camera", camera: "", microphone: "", height: 540 };
  let picture = null;
  let sound = null;
  let camera = null;
  let screen = null;
  let isSoundless = false;

  /** Open what `choice` asks for; what was open before stays until the new one is there. Raises Refused. */
  async function open(wanted = {}) {
    const next = { ...choice, ...wanted };
    const step = STEPS[next.height];
    const wantsScreen = next.show === "both" || next.show === "screen";
    const wantsCamera = next.show === "camera" || next.show === "both";
    const newScreen = wantsScreen ? screen ?? await openScreen(step) : null;
    let newCamera;
    try {
      newCamera = await openCamera({ camera: next.camera, microphone: next.microphone, step: wantsCamera ? step : null });
    } catch (error) {
      if (newScreen !== screen) closeStream(newScreen);
      throw error;
    }
    if (screen !== newScreen) closeStream(screen);
    closeStream(camera);
    [camera, screen] = [newCamera, newScreen];
    Object.assign(choice, next);
    isSoundless = false;
    watch(camera, "camera");
    watch(screen, "screen");
    assemble(step, wantsCamera);
  }

  function assemble(step, wantsCamera) {
    picture ??= makePicture({ metronome, card });
    sound ??= makeSound();
    picture.resize(step);
    picture.show({ cameraStream: wantsCamera ? camera : null, screenStream: screen });
    sound.take([camera, screen]);
  }

  function watch(stream, which) {
    for (const track of stream?.getTracks() ?? []) {
      track.addEventListener("ended", () => {
        if (stream !== camera && stream !== screen) return;
        if (which === "screen") {
          screen = null;
          Object.assign(choice, { show: choice.show === "both" ? "camera" : "sound" });
          picture.show({ cameraStream: choice.show === "camera" ? camera : null, screenStream: null });
          sound.take([camera]);
        }
        lost(which);
      });
    }
  }

  /** What is published: one track of picture, one of sound, and how large. */
  function source() {
    const step = STEPS[choice.height];
    const heard = isSoundless ? [] : sound.isRunning() ? [sound.track] : camera.getAudioTracks();
    return { stream: new MediaStream([picture.track(step.frames), ...heard]), step };
  }

  /** Sound goes through the mixer once the browser lets that run; until then the microphone is sent as it is. */
  function mute(isOn) {
    sound?.mute(isOn);
    for (const track of camera?.getAudioTracks() ?? []) track.enabled = !isOn;
  }

  /** One step down in size; false when it is the smallest already. */
  function lower() {
    const heights = Object.keys(STEPS).map(Number);
    const place = heights.indexOf(choice.height);
    if (place <= 0) return false;
    choice.height = heights[place - 1];
    picture.resize(STEPS[choice.height]);
    return true;
  }

  function close() {
    closeStream(camera);
    closeStream(screen);
    [camera, screen] = [null, null];
    picture?.close();
    sound?.close();
    picture = sound = null;
  }

  return {
    choice, open, source, lower, close,
    isOpen: () => camera !== null,
    canvas: () => picture.canvas,
    pause: (isOn) => {
      picture.pause(isOn);
      mute(isOn);
    },
    mute,
    soundless: () => {
      isSoundless = true;
    },
    level: () => sound?.level() ?? 0,
    wake: async () => {
      const wasRunning = sound?.isRunning() ?? true;
      if (!wasRunning) await sound.wake();
      return !wasRunning && sound.isRunning();
    },
  };
}

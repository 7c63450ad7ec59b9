// Camera, microphone and screen: asks the browser for them, and names what stands in the way when it refuses.

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What is sent, by the height of the picture: its size, frames and bits a second. */
export const STEPS = {
  360: { width: 640, height: 360, frames: 24, bits: 500_000 },
  540: { width: 960, height: 540, frames: 25, bits: 900_000 },
  720: { width: 1280, height: 720, frames: 30, bits: 1_800_000 },
};

/** Why a device was refused: `reason` is a key of the page's words. */
export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** The stream of a microphone and, where `step` is given, a camera; ids that are empty leave the choice to the browser. */
export async function openCamera({ camera = "", microphone = "", step = null }) {
  mustBeSecure();
  const size = step && { width: { ideal: step.width }, height: { ideal: step.height }, frameRate: { ideal: step.frames } };
  const wish = {
    audio: { ...SOUND, ...(microphone ? { deviceId: { exact: microphone } } : {}) },
    video: step ? { ...size, ...(camera ? { deviceId: { exact: camera } } : { facingMode: "user" }) } : false,
  };
  try {
    return await navigator.mediaDevices.getUserMedia(wish);
  } catch (error) {
    if (error.name !== "OverconstrainedError") throw await refusal(error, { wantsCamera: Boolean(step) });
  }
  // The device that was chosen is gone, or it has no such picture: any other is better than none.
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: SOUND, video: Boolean(step) });
  } catch (error) {
    throw await refusal(error, { wantsCamera: Boolean(step) });
  }
}

/** The stream of a screen or a window, with its sound where the browser gives it. */
export async function openScreen(step) {
  mustBeSecure();
  if (!navigator.mediaDevices.getDisplayMedia) throw new Refused("no_screen");
  try {
    return await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: step.frames } }, audio: true });
  } catch (error) {
    throw new Refused(error.name === "NotAllowedError" ? "screen_not_shared" : "screen_failed");
  }
}

/** The cameras and microphones there are; they have names once one was permitted. */
export async function listDevices() {
  const found = await navigator.mediaDevices?.enumerateDevices?.() ?? [];
  const of = (kind) => found.filter((each) => each.kind === kind && each.deviceId);
  return { cameras: of("videoinput"), microphones: of("audioinput") };
}

/** Give back every device of `stream`. */
export function closeStream(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function mustBeSecure() {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new Refused("not_https");
}

async function refusal(error, { wantsCamera }) {
  if (error.name === "NotAllowedError") return new Refused(/system/i.test(error.message) ? "no_system_permission" : "no_permission");
  if (error.name === "SecurityError") return new Refused("no_permission");
  if (error.name === "NotReadableError" || error.name === "AbortError") return new Refused("in_use");
  if (error.name === "OverconstrainedError") return new Refused("overconstrained");
  if (error.name !== "NotFoundError") return new Refused("device_failed");
  const { cameras } = await listDevices();
  return new Refused(wantsCamera && cameras.length === 0 ? "no_camera" : "no_microphone");
}

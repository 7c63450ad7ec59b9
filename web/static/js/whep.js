// Picture and sound of a media server over WebRTC: WHEP to watch, WHIP to publish. One offer, one answer, no more signalling.

const GATHER_MS = 2000;
const LOST_MS = 6000;

/** Watches a WHEP address on `video`. Calls: began(), failed(reason). */
export class Whep {
  #video;
  #address;
  #calls;
  #call = null;

  constructor(video, address, calls) {
    this.#video = video;
    this.#address = address;
    this.#calls = calls;
  }

  async open() {
    const stream = new MediaStream();
    const prepare = (peer) => {
      for (const kind of ["video", "audio"]) peer.addTransceiver(kind, { direction: "recvonly" });
      peer.addEventListener("track", ({ track }) => {
        stream.addTrack(track);
        this.#video.srcObject = stream;
        if (track.kind === "video") this.#calls.began();
      });
    };
    this.#call = new Call(this.#address, prepare, (reason) => {
      this.close();
      this.#calls.failed(reason);
    });
    await this.#call.open();
  }

  close() {
    this.#call?.close();
    this.#call = null;
    this.#video.srcObject = null;
  }

  /** A media server tells no instant; what is seen is taken for now. */
  moment() {
    return null;
  }
}

/** Publishes `stream` to a WHIP address. Calls: standing(`on` | `down`), as those of a Publishing. */
export class Whip {
  #address;
  #source;
  #calls;
  #call = null;
  #timer = 0;
  isWanted = false;

  constructor(address, source, calls) {
    this.#address = address;
    this.#source = source;
    this.#calls = calls;
  }

  begin() {
    this.isWanted = true;
    this.#connect();
  }

  async again() {
    if (!this.isWanted) return;
    this.#call?.close();
    await this.#connect();
  }

  end() {
    this.isWanted = false;
    clearTimeout(this.#timer);
    this.#call?.close();
    this.#call = null;
    this.#calls.standing("off");
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#calls.standing("connecting");
    const { stream, step } = this.#source();
    const prepare = (peer) => {
      for (const track of stream.getTracks()) {
        const encodings = track.kind === "video" ? [{ maxBitrate: step.bits }] : undefined;
        peer.addTransceiver(track, { direction: "sendonly", streams: [stream], sendEncodings: encodings });
      }
    };
    this.#call = new Call(this.#address, prepare, () => {
      if (!this.isWanted) return;
      this.#calls.standing("down", { tries: 1 });
      this.#timer = setTimeout(() => this.#connect(), 2000);
    });
    if (await this.#call.open()) this.#calls.standing("on", { hls: "elsewhere", recording: "elsewhere" });
  }
}

/** One call to a media server; `lost` is told once, when it could not be made or broke. */
class Call {
  #address;
  #prepare;
  #lost;
  #peer = null;
  #resource = "";
  #timer = 0;

  constructor(address, prepare, lost) {
    this.#address = address;
    this.#prepare = prepare;
    this.#lost = lost;
  }

  async open() {
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    this.#prepare(peer);
    peer.addEventListener("connectionstatechange", () => this.#heard(peer.connectionState));
    try {
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer);
      const answer = await fetch(this.#address, {
        method: "POST", headers: { "Content-Type": "application/sdp" }, body: peer.localDescription.sdp, mode: "cors",
      });
      if (!answer.ok) throw new Error(`http_${answer.status}`);
      this.#resource = answer.headers.get("Location") ?? "";
      await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      return true;
    } catch (error) {
      this.#end(error.message);
      return false;
    }
  }

  close() {
    this.#lost = () => {};
    this.#end("closed");
  }

  #heard(state) {
    clearTimeout(this.#timer);
    if (state === "failed") this.#end("failed");
    else if (state === "disconnected") this.#timer = setTimeout(() => this.#end("lost"), LOST_MS);
  }

  #end(reason) {
    if (!this.#peer) return;
    clearTimeout(this.#timer);
    this.#peer.close();
    this.#peer = null;
    if (this.#resource) fetch(new URL(this.#resource, this.#address), { method: "DELETE", keepalive: true }).catch(() => {});
    this.#lost(reason);
  }
}

function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && resolve());
    setTimeout(resolve, GATHER_MS);
  });
}

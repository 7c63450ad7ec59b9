// The sound that is sent: microphone and shared sound in one track, muted without ending it, and how loud it is.

const LOUDEST_DB = 0;
const SOFTEST_DB = -60;

/** The sound of a host; a microphone can be changed while the track is recorded. */
export function makeSound() {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const gate = context.createGain();
  const meter = context.createAnalyser();
  meter.fftSize = 1024;
  gate.connect(out);
  const samples = new Float32Array(meter.fftSize);
  let sources = [];

  /** Take the sound of these streams; the first is the microphone, which alone is measured. */
  function take(streams) {
    for (const source of sources) source.disconnect();
    sources = streams.filter((stream) => stream?.getAudioTracks().length).map((stream) => {
      const source = context.createMediaStreamSource(stream);
      source.connect(gate);
      if (stream === streams[0]) source.connect(meter);
      return source;
    });
    wake();
  }

  /** Browsers let sound begin only after somebody pressed something: called again when that happened. */
  function wake() {
    return context.resume().catch(() => {});
  }

  function mute(isOn) {
    gate.gain.value = isOn ? 0 : 1;
  }

  /** How loud the microphone is, 0 to 1, by decibels as one hears them. */
  function level() {
    if (!sources.length) return 0;
    meter.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    const decibels = 10 * Math.log10(power || 1e-12);
    return Math.min(1, Math.max(0, (decibels - SOFTEST_DB) / (LOUDEST_DB - SOFTEST_DB)));
  }

  function close() {
    take([]);
    context.close().catch(() => {});
  }

  return { take, wake, mute, level, close, isRunning: () => context.state === "running", track: out.stream.getAudioTracks()[0] };
}

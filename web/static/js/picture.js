// The picture of a session: HLS by the browser itself where it can, else by hls.js; without one the poster stays.

const TRIES = 5;

/** Play the address of each video[data-hls] in `root`; `script` is where hls.js lies. */
export function playPictures(root, script) {
  for (const video of root.querySelectorAll("video[data-hls]")) play(video, video.dataset.hls, script);
}

async function play(video, address, script) {
  if (!/\.m3u8($|\?)/.test(address) || video.canPlayType("application/vnd.apple.mpegurl")) {
    video.play().catch(() => {});
    return;
  }
  video.removeAttribute("src");
  await loadOnce(script);
  const { Hls } = window;
  if (!Hls?.isSupported()) return;
  const player = new Hls({ lowLatencyMode: true, liveSyncDurationCount: 2, backBufferLength: 30 });
  let tries = 0;
  player.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal || tries >= TRIES) return;
    tries += 1;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) player.recoverMediaError();
    else setTimeout(() => player.loadSource(address), 1000 * 2 ** tries);
  });
  player.on(Hls.Events.FRAG_BUFFERED, () => {
    tries = 0;
  });
  player.attachMedia(video);
  player.loadSource(address);
  video.play().catch(() => {});
}

let loading = null;

function loadOnce(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return loading;
}

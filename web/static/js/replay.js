// The replay: plays the recording, jumps to where a position was presented, shows what was said then, applies without a load.

import { makeChat } from "./chat.js";
import "./dialog.js";
import { clone, fillIn, show, write } from "./element.js";
import { loadOnce } from "./hlspicture.js";
import { pageData, pageWords, post } from "./page.js";
import { makeTabs } from "./tabs.js";

const LINES_SHOWN = 60;

const root = document.querySelector("[data-replay]");
const page = pageData();
const words = pageWords();
const video = root.querySelector("[data-video]");
const chapters = JSON.parse(document.querySelector("[data-chapters]").textContent);
const chat = makeChat({ list: root.querySelector("[data-chat]"), button: root.querySelector("[data-chat-new]"), words });
makeTabs(root, (name) => name === "chat" && chat.toBottom());
root.classList.add("listing");

let lines = [];
let current = null;
const wanted = Number(root.dataset.begin) || 0;

/** Play by hls.js where it can, else by the browser itself. */
async function open() {
  const { address } = root.dataset;
  try {
    await loadOnce(page.picture.script);
  } catch { /* Then the browser has to do it alone. */ }
  if (window.Hls?.isSupported()) {
    const player = new window.Hls({ startPosition: wanted });
    player.on(window.Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      if (data.type === window.Hls.ErrorTypes.MEDIA_ERROR) player.recoverMediaError();
      else show(root.querySelector("[data-trouble]"), true);
    });
    player.attachMedia(video);
    player.loadSource(address);
  } else if (video.canPlayType("application/vnd.apple.mpegurl")) {
    video.src = `${address}#t=${wanted}`;
  } else show(root.querySelector("[data-trouble]"), true);
}

function seek(milliseconds) {
  video.currentTime = milliseconds / 1000;
  video.play().catch(() => {});
  draw();
}

function draw() {
  const now = video.currentTime * 1000;
  root.querySelector("[data-playhead]")?.setAttribute("x", Math.round(now));
  drawChapter(chapters.findIndex((each) => each.from_ms <= now && now < Math.max(each.to_ms, each.from_ms + 1000)));
  const past = lines.filter((line) => line.ms <= now).slice(-LINES_SHOWN);
  chat.draw(past, { person: null });
}

function drawChapter(place) {
  if (place === current) return;
  current = place;
  const chapter = chapters[place];
  const box = root.querySelector("[data-current]");
  show(box, Boolean(chapter));
  if (chapter) fillIn(box, { title: chapter.title, employer: chapter.employer });
  for (const rect of root.querySelectorAll("rect[data-chapter]")) mark(rect, Number(rect.dataset.chapter) === place);
  for (const row of root.querySelectorAll("[data-job]")) mark(row, Number(row.dataset.job) === chapter?.position_id);
}

function mark(node, isCurrent) {
  if (isCurrent) node.setAttribute("aria-current", "true");
  else node.removeAttribute("aria-current");
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("[data-seek]");
  const timeline = event.target.closest("[data-timeline]");
  if (link && video) {
    event.preventDefault();
    seek(Number(link.dataset.seek));
  } else if (timeline) {
    const rect = event.target.closest("[data-chapter]");
    const box = timeline.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    seek(rect ? chapters[rect.dataset.chapter].from_ms : share * timeline.viewBox.baseVal.width);
  }
});

/** One tap applies; without an answer the form does it with a load. */
root.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-apply]");
  if (!form) return;
  event.preventDefault();
  const part = form.closest('[data-field="act"]');
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await post(form.action, new FormData(form), page.token);
    part.replaceChildren(clone("applied-tag"));
    write(document.querySelector("[data-announce]"), words("told_applied", { title: part.closest("[data-job]").querySelector("a").textContent }));
  } catch (error) {
    button.disabled = false;
    if (error.status) part.replaceChildren(problem(error.code));
    else form.submit();
  }
});

function problem(code) {
  const line = document.createElement("span");
  line.className = "small trouble";
  const known = words(code);
  line.textContent = known === code ? words("not_applied") : known;
  return line;
}

async function hearTalk() {
  const answer = await fetch(page.urls.talk, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (answer.ok) ({ lines } = await answer.json());
  draw();
}

if (video) {
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(event, draw);
  open();
  hearTalk();
}

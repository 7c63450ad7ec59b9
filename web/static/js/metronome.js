// A worker that ticks: a page that is not looked at gets its own timers once a second, and a host looks at other windows.
// It ticks again only when the page said that it is done with the tick before: a machine that is too slow for each of them
// draws fewer pictures, and does not stand still before a heap of ticks.

let timer = 0;
let isDone = true;

addEventListener("message", ({ data }) => {
  isDone = true;
  if (data === "done") return;
  clearInterval(timer);
  if (data > 0) timer = setInterval(tick, data);
});

function tick() {
  if (!isDone) return;
  isDone = false;
  postMessage(0);
}

// A worker that ticks: a page that is not looked at gets its own timers once a second, and a host looks at other windows.

let timer = 0;

addEventListener("message", ({ data }) => {
  clearInterval(timer);
  if (data > 0) timer = setInterval(() => postMessage(0), data);
});

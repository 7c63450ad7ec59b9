// The progress of an import: asked for each second, the page is loaded anew when the work is done or stands still.

const part = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(part.dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const job = await answer.json();
  part.querySelector("progress").value = job.done;
  part.querySelector("[data-done]").textContent = job.done.toLocaleString("en");
  const isWorking = job.status === "checking" || job.status === "importing";
  const isOffered = part.querySelector("form") !== null;
  if (!isWorking || job.is_left !== isOffered) location.reload();
}

if (part) setInterval(() => look().catch(() => {}), 1000);

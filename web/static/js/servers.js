// Keeps the table of live processes new and draws what they count: one line a process, the last five minutes.
// A process that does not answer leaves a gap; what is counted from its start is drawn as so much a second.

import { clock, count, pageData, pageWords } from "./page.js";

const EVERY_MS = 2000;
const POINTS = 150;
const LINES = ["--link", "--accent", "--good", "--warn", "--bad", "--ink-3"];

const { figures_url: figuresUrl, words: kindWords } = pageData();
const words = pageWords();
const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
const times = [];
const lines = new Map(); // Chart → process → values, one for each of `times`.
let before = null;

const sum = (values, name) => Object.entries(values)
  .reduce((total, [each, value]) => (each.startsWith(`${name}:`) ? total + value : total), 0);

const COUNTED = {
  deliveries: (values) => values.deliveries,
  drops: (values) => sum(values, "drops"),
  resumes: (values) => values["resumes:complete"] ?? 0,
  entries: (values) => values.entries,
};
const SEEN = {
  connections: (values) => values.connections,
  lag: (values) => Math.round(values.lag_seconds * 1000),
};
const CELLS = {
  ...Object.fromEntries(["viewers", "rooms", "tick_ms", "deeds_waiting", "deeds_failed"].map((name) => [name, (values) => values[name]])),
  ...SEEN,
  deliveries: COUNTED.deliveries,
  complete: COUNTED.resumes,
  fresh: (values) => sum(values, "resumes") - (values["resumes:complete"] ?? 0) - (values["resumes:first"] ?? 0),
  drops: COUNTED.drops,
};

function token(name) {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** So much a second since the last look; a process that began anew counts from 0. */
function rate(read, process, seconds) {
  const last = before?.processes.find((each) => each.number === process.number)?.values;
  if (!last || !seconds) return null;
  const grown = read(process.values) - read(last);
  return Math.max(0, Math.round((grown < 0 ? read(process.values) : grown) / seconds * 10) / 10);
}

function remember(processes, at) {
  const seconds = before ? (at - before.at) / 1000 : 0;
  times.push(at);
  for (const [key, read] of [...Object.entries(SEEN), ...Object.entries(COUNTED)]) {
    const chart = lines.get(key) ?? lines.set(key, new Map()).get(key);
    for (const process of processes) {
      const values = chart.get(process.number) ?? chart.set(process.number, Array(times.length - 1).fill(null)).get(process.number);
      const value = process.values && (key in SEEN ? read(process.values) : rate(read, process, seconds));
      values.push(value ?? null);
      if (values.length > POINTS) values.shift();
    }
  }
  if (times.length > POINTS) times.shift();
  before = { processes, at };
}

function options(key) {
  const axis = { color: token("--ink-2"), fontSize: 12 };
  const line = { lineStyle: { color: token("--line") } };
  const chart = [...(lines.get(key) ?? [])];
  return {
    animation: false,
    textStyle: { fontFamily: token("--font") },
    color: LINES.map(token),
    legend: { show: chart.length > 1, type: "scroll", bottom: 0, itemHeight: 8, textStyle: axis, pageTextStyle: axis },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    grid: { left: 52, right: 16, top: 12, bottom: chart.length > 1 ? 52 : 28 },
    xAxis: {
      type: "category", data: times.map(clock), boundaryGap: false, axisTick: { show: false }, axisLine: line,
      axisLabel: { ...axis, hideOverlap: true },
    },
    yAxis: {
      type: "value", min: 0, splitNumber: 3, splitLine: line,
      axisLabel: { ...axis, formatter: (value) => (value < 10 ? String(value) : count(Math.round(value), language)) },
    },
    series: chart.map(([number, values]) => ({
      type: "line", name: words("process", { n: number }), data: values, symbol: "none", connectNulls: false, lineStyle: { width: 2 },
    })),
  };
}

function tell(processes) {
  for (const process of processes) {
    const row = document.querySelector(`[data-processes] [data-number="${process.number}"]`);
    if (!row) continue;
    row.querySelector("[data-state=answers]").hidden = !process.values;
    row.querySelector("[data-state=silent]").hidden = Boolean(process.values);
    for (const [name, read] of Object.entries(CELLS)) {
      row.querySelector(`[data-cell=${name}]`).textContent = process.values ? count(Math.round(read(process.values)), language) : "—";
    }
  }
  document.querySelector("[data-silent]").hidden = processes.some((process) => process.values);
  for (const key of ["drops", "resumes"]) tellKinds(key, processes);
}

function tellKinds(key, processes) {
  const counts = new Map();
  for (const process of processes) {
    for (const [name, value] of Object.entries(process.values ?? {})) {
      if (name.startsWith(`${key}:`)) counts.set(name.slice(key.length + 1), (counts.get(name.slice(key.length + 1)) ?? 0) + value);
    }
  }
  const rows = [...counts].sort((one, other) => other[1] - one[1]).map(([kind, value]) => {
    const row = document.createElement("tr");
    const head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    head.textContent = kindWords[key][kind] ?? kind;
    const cell = row.appendChild(document.createElement("td"));
    cell.className = "r num";
    cell.textContent = count(value, language);
    return row;
  });
  document.querySelector(`[data-kinds=${key}] tbody`).replaceChildren(...rows);
  document.querySelector(`[data-none=${key}]`).hidden = rows.length > 0;
}

function say(lost) {
  const notice = document.querySelector("[data-lost]");
  notice.hidden = !lost;
  if (lost) notice.querySelector("p").textContent = words("lost", { time: before ? clock(before.at) : "—" });
}

async function look() {
  try {
    const answer = await fetch(figuresUrl, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const processes = await answer.json();
    remember(processes, Date.now());
    tell(processes);
    say(false);
    draw();
  } catch {
    say(true);
  }
}

const charts = new Map([...document.querySelectorAll("[data-chart]")].map((place) => {
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  new ResizeObserver(() => chart.resize()).observe(place);
  return [place.dataset.chart, chart];
}));

function draw() {
  for (const [key, chart] of charts) chart.setOption(options(key), { replaceMerge: ["series"] });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
const again = async () => {
  if (!document.hidden) await look();
  setTimeout(again, EVERY_MS);
};
again();

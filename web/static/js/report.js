// Draws the report's timeline: presence as a curve, applications as bars, what was presented as blocks below.
// Reads the figures that the page carries; counts under 5 come as "<5" and are drawn as one low bar, or a gap.

const FEW = "<5";
const place = document.querySelector("[data-timeline]");
const figures = JSON.parse(document.querySelector("[data-timeline-figures]").textContent);

function token(name) {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

function clock(minute) {
  return new Date(figures.since + minute * 60000).toLocaleTimeString("zh-CN", {
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
  });
}

function slots() {
  const blocks = [];
  for (const pin of figures.pins) {
    const last = blocks.at(-1);
    if (last && last.employer === pin.employer) last.to = pin.to;
    else blocks.push({ employer: pin.employer, from: pin.from, to: pin.to });
  }
  return blocks;
}

function tooltip(items) {
  const minute = items[0].dataIndex;
  const on = figures.pins.find((pin) => pin.from <= minute && minute < pin.to);
  const lines = [clock(minute), `${figures.words.present} ${figures.present[minute]}`, `${figures.words.applied} ${figures.applied[minute]}`];
  if (on) lines.push(`${figures.words.pinned} ${on.employer} ${on.position}`);
  return lines.join("\n");
}

function block(params, api) {
  const [from, top] = api.coord([api.value(0), 1]);
  const [to, bottom] = api.coord([api.value(1), 0]);
  const width = Math.max(1, to - from - 2);
  return {
    type: "group",
    children: [
      { type: "rect", shape: { x: from, y: top, width, height: bottom - top, r: 3 }, style: { fill: token("--sunken") } },
      {
        type: "text",
        style: {
          text: slots()[params.dataIndex].employer, x: from + 6, y: (top + bottom) / 2, textVerticalAlign: "middle",
          fill: token("--ink"), font: `12px ${token("--font")}`, width: Math.max(0, width - 10), overflow: "truncate",
        },
      },
    ],
  };
}

function options() {
  const minutes = figures.present.map((_, minute) => minute);
  const axis = { color: token("--ink-2"), fontSize: 12 };
  const line = { lineStyle: { color: token("--line") } };
  const every = Math.max(1, Math.ceil(minutes.length / 6 / 10) * 10);
  const time = (index, extra) => ({
    type: "category", gridIndex: index, data: minutes, boundaryGap: false, axisTick: { show: false },
    axisLine: line, axisLabel: { show: false }, ...extra,
  });
  return {
    animation: false,
    textStyle: { fontFamily: token("--font") },
    tooltip: { trigger: "axis", renderMode: "richText", formatter: tooltip, confine: true },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: [
      { left: 48, right: 12, top: 12, height: 220 },
      { left: 48, right: 12, top: 244, height: 36 },
      { left: 48, right: 12, top: 290, height: 24 },
    ],
    xAxis: [
      time(0),
      time(1, { axisLine: { show: false } }),
      {
        type: "value", gridIndex: 2, min: 0, max: Math.max(1, minutes.length - 1), interval: every, splitLine: { show: false },
        axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...axis, formatter: clock, hideOverlap: true },
        axisPointer: { show: false },
      },
    ],
    yAxis: [
      { type: "value", gridIndex: 0, minInterval: 1, splitLine: line, axisLabel: axis },
      { type: "value", gridIndex: 1, minInterval: 1, splitLine: { show: false }, axisLabel: { show: false } },
      { type: "value", gridIndex: 2, min: 0, max: 1, show: false },
    ],
    series: [
      {
        type: "line", data: figures.present.map((count) => (count === FEW ? null : count)), symbol: "none",
        lineStyle: { color: token("--link"), width: 2 }, itemStyle: { color: token("--link") }, areaStyle: { color: token("--link-soft"), opacity: 1 },
      },
      {
        type: "bar", xAxisIndex: 1, yAxisIndex: 1, barMaxWidth: 4, itemStyle: { color: token("--accent") },
        data: figures.applied.map((count) => (count === FEW ? 4 : count)),
      },
      {
        type: "custom", xAxisIndex: 2, yAxisIndex: 2, renderItem: block, clip: true, tooltip: { show: false },
        data: slots().map((slot) => [slot.from, slot.to]), encode: { x: [0, 1] },
      },
    ],
  };
}

if (figures.present.length) {
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options());
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.setOption(options()));
} else {
  place.hidden = true;
}

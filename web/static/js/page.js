// What the server said when it made the page: its JSON block, its words and the token for forms.

/** The page's data block. */
export function pageData(root = document) {
  return parsed(root, "[data-page]");
}

/** A function that gives the words of a key in the page's language, with `{name}` filled in. */
export function pageWords(root = document) {
  const words = { ...parsed(root, "[data-page]").words, ...parsed(root, "[data-words]") };
  return (key, values = {}) => fill(words[key] ?? key, values);
}

/** `{name}` in `text` becomes the value of that name. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** A key of one's own for a request, so that a repeat happens once. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, "0")).join("");
}

function parsed(root, selector) {
  const block = root.querySelector(selector);
  return block ? JSON.parse(block.textContent) : {};
}

/** 3482 → 3,482; above ten thousand 23000 → 2.3万, in English 23k. */
export function count(value, language = "zh") {
  if (value <= 10000) return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  const [unit, sign] = language === "en" ? [1000, "k"] : [10000, "万"];
  return `${Math.floor((value * 10) / unit) / 10}${sign}`;
}

/** Milliseconds as 03:12, or 1:52:10 above an hour. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hour ? `${hour}:${two(minute)}:${two(second)}` : `${two(minute)}:${two(second)}`;
}

const clockFormat = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai",
});

/** The fair's clock at an instant, 14:32:08. */
export function clock(at) {
  return clockFormat.format(new Date(at));
}

/** The hour of an instant, 14:32. */
export function hour(at) {
  return clock(at).slice(0, 5);
}

/** POST a form's fields or a JSON body, answered by JSON; the promise fails with {status, code} when refused. */
export async function post(url, body, token) {
  const isForm = body instanceof FormData;
  const response = await fetch(url, {
    method: "POST",
    body: isForm ? body : JSON.stringify(body ?? {}),
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": token, ...(isForm ? {} : { "Content-Type": "application/json" }) },
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.code ?? `http_${response.status}`), { status: response.status, ...answer });
  return answer;
}

// Makes elements by cloning the page's templates. What users wrote only ever becomes text: nothing here reads markup.

/** The element inside the page's template of that name, cloned. */
export function clone(name) {
  const template = document.querySelector(`template[data-template="${name}"]`);
  if (!template) throw new Error(`the page has no template ${name}`);
  return template.content.firstElementChild.cloneNode(true);
}

/** The part of `node` (or `node` itself) that is filled with `name`. */
export function field(node, name) {
  return node.dataset?.field === name ? node : node.querySelector(`[data-field="${name}"]`);
}

/** Write each value of `texts` into the part of that name. */
export function fillIn(node, texts) {
  for (const [name, text] of Object.entries(texts)) write(field(node, name), text);
  return node;
}

/** Show or hide by the attribute, so that no style is needed. */
export function show(node, isShown) {
  if (node && node.hidden === isShown) node.hidden = !isShown;
}

/** Set the text of a node, only when it differs: what a reader has marked stays marked. */
export function write(node, text) {
  if (node && node.textContent !== String(text)) node.textContent = String(text);
}

/** The children of `list` become `nodes`; one that stands in its place already is not touched. */
export function arrange(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, place) => {
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
}

/** Run `draw` with the newest values once a frame, however often it is asked for; at once when nobody is looking. */
export function onceAFrame(draw) {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    const run = () => {
      isAsked = false;
      draw();
    };
    if (document.hidden) queueMicrotask(run);
    else requestAnimationFrame(run);
  };
}

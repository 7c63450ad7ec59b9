// Tabs that are links: with the script the panel changes without a load, and the address with it.

import { show } from "./element.js";

/** Let the links with data-tab in `root` switch the panels with data-panel; `changed(name)` follows. */
export function makeTabs(root, changed) {
  const links = [...root.querySelectorAll("a[data-tab]")];
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-tab]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", link.href);
    to(link.dataset.tab);
  });

  function to(name) {
    root.dataset.tab = name;
    for (const link of links) {
      if (link.dataset.tab === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const panel of root.querySelectorAll("[data-panel]")) show(panel, panel.dataset.panel === name);
    root.classList.toggle("listing", name !== "chat");
    changed(name);
  }

  return { to, current: () => root.dataset.tab };
}

/* Opens dialogs and closes menus. Without it a dialog stands open at its anchor, and a menu is closed where it was opened. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const closer = event.target.closest("[data-dialog-close]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && dialog.showModal) {
    event.preventDefault();
    dialog.showModal();
  } else if (closer && closer.closest("dialog[open]")) {
    event.preventDefault();
    closer.closest("dialog").close();
  } else if (event.target.matches("dialog[open]")) {
    event.target.close();
  }
  closeMenus(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(document.body);
});

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target) || target.closest(".menu-list button")) menu.open = false;
  }
}

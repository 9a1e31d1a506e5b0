// Dialogs: closed by their button, by Esc, or by a click beside them.

import { byId } from "./dom.js";

export function openDialog(id) {
  byId(id).showModal();
}

export function closeDialog(id) {
  byId(id).close();
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

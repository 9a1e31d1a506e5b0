// Text, cards, or both side by side; what was chosen is kept for this tab.

import { byId } from "./dom.js";

const KEY = "kohort-view";
const NARROW = "(max-width: 62rem)";

/** `shown()` runs when the cards come into view. */
export function startView(shown) {
  const choose = (view) => {
    byId("sides").dataset.view = view;
    document.querySelector(`#view input[value=${view}]`).checked = true;
    if (view !== "text") shown();
  };
  byId("view").addEventListener("change", (event) => {
    sessionStorage.setItem(KEY, event.target.value);
    choose(event.target.value);
  });
  choose(sessionStorage.getItem(KEY) ?? (matchMedia(NARROW).matches ? "text" : "both"));
}

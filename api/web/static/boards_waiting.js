// Answers that come while a dashboard is read: only the panels that wait are looked for again, and nothing else moves.
// Without this script the whole page is loaded again.

import { byId } from "./dom.js";
import { sayIn } from "./telling.js";

/** Milliseconds until it is looked again. */
const AGAIN = 3000;

const waiting = () => [...document.querySelectorAll(".panel[data-waiting]")];

async function look() {
  const page = await current();
  if (page) waiting().forEach((panel) => put(panel, page.getElementById(panel.id)));
  if (waiting().length) return void setTimeout(look, AGAIN);
  byId("balances").replaceWith(page.getElementById("balances"));
  sayIn(byId("waiting"), byId("waiting").dataset.come);
}

/** The page as it is by now; nothing while the server is away. */
async function current() {
  try {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}

/** Show the panel as it is by now. One that is there no more belongs to somebody who signed out, or to a project that
    another tab has left. */
function put(panel, found) {
  if (!found) return location.reload();
  if (found.hasAttribute("data-waiting")) return;
  const isFocused = panel.contains(document.activeElement);
  panel.replaceWith(found);
  if (isFocused) focusOn(found);
}

function focusOn(panel) {
  panel.tabIndex = -1;
  panel.focus({ preventScroll: true });
}

setTimeout(look, AGAIN);

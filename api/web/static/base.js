// What every page has: the switch between light and dark, a language switch that keeps the address's fragment, and the
// way to the state of the service for those who may see it.

import { byId } from "./dom.js";
import { hasRole } from "./session.js";
import { say } from "./words.js";

const A_YEAR = 365 * 24 * 3600;
const root = document.documentElement;
const button = byId("theme");
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

function label() {
  button.textContent = say(isDark() ? "theme_light" : "theme_dark");
}

button.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  document.cookie = `kohort-theme=${root.dataset.theme}; path=/; max-age=${A_YEAR}; samesite=lax`;
  label();
});
system.addEventListener("change", label);
label();
button.hidden = false;

byId("languages").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && location.hash) link.hash = location.hash;
});

/** Shows the link for the committee and operators, on every page that has it and once they have signed in. */
export function showOperations() {
  const link = byId("nav-operations");
  if (link && !link.hasAttribute("aria-current")) link.hidden = !hasRole();
}

showOperations();

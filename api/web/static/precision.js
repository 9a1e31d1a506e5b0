// Keeps the calculator's numbers up to date while typing. The server draws them; without this the button does the same.

import { byId } from "./dom.js";

const PAUSE = 350;
const form = byId("calculator");
let timer;
let asked;

/** The page for what the form holds now, with its result put in place of the one shown. */
async function refresh() {
  if (!form.checkValidity()) return;
  asked?.abort();
  asked = new AbortController();
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  try {
    const response = await fetch(address, { signal: asked.signal, credentials: "omit" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    byId("result").replaceChildren(...fresh.getElementById("result").childNodes);
    byId("languages").replaceChildren(...fresh.getElementById("languages").childNodes);
    history.replaceState(null, "", address);
  } catch {
    // Offline, or overtaken by a later one: what is shown stays, and the button still works.
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
});

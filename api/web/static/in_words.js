// The document in words, in a strip beside it that is read while editing. Its height stays, whatever is said, and what
// was said last stays while the text has problems.

import { untilThere } from "./away.js";
import { byId, make } from "./dom.js";
import { Refusal, post } from "./session.js";
import { sayIn } from "./telling.js";
import { language, say } from "./words.js";

const KEY = "kohort-in-words";
const NARROW = "(max-width: 62rem)";
const strip = byId("said");
const shown = byId("said-words");
let text = "";
let said = null;
let asking = null;

strip.open = (sessionStorage.getItem(KEY) ?? String(!matchMedia(NARROW).matches)) === "true";
strip.addEventListener("toggle", () => {
  sessionStorage.setItem(KEY, strip.open);
  read();
});
document.addEventListener("kohort:changed", () => asking?.abort());
document.addEventListener("kohort:judged", (event) => {
  text = event.detail.text;
  read();
});

/** Once a pause, after the text was judged, and only where somebody reads it. */
async function read() {
  if (!strip.open || !text || text === said) return;
  asking?.abort();
  asking = new AbortController();
  const asked = text;
  try {
    const { signal } = asking;
    const ask = () => post("/v1/cohorts/paraphrase", { text: asked, language }, signal);
    const { sections } = await untilThere(ask, old, signal);
    shown.replaceChildren(...sections.map(section));
    said = asked;
    tellAge("");
  } catch (fault) {
    if (fault.name === "AbortError") return;
    if (!(fault instanceof Refusal)) throw fault;
    said = null;
    old();
  }
}

const old = () => tellAge(say(shown.children.length ? "in_words_old" : "in_words_none"));

function tellAge(words) {
  strip.classList.toggle("old", Boolean(words));
  sayIn(byId("said-age"), words);
}

const section = ({ heading, text: words, items }) =>
  make("section", {}, make("h3", {}, heading), words ? make("p", {}, words) : null, items.length ? list(items) : null);

const list = (items) =>
  make("ul", {}, ...items.map((item) => make("li", {}, item.text, item.items.length ? list(item.items) : null)));

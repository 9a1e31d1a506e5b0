// A text area over a coloured copy of its text: the copy carries keywords, strings and underlined problems.
// The server counts characters (code points); a browser counts UTF-16 units. `units` and `points` convert.

import { byId, make } from "./dom.js";

const TOKENS = /(#[^\n]*)|("(?:[^"\\\n]|\\.)*"?)|([A-Za-z_][A-Za-z0-9_.]*)/g;
const KEYWORDS = new Set(
  ("cohort let index include exclude keep end count first last any all none no at least most exactly carries survey " +
    "when where in with descendants excluding and or not by before after within observed of").split(" "),
);

export const units = (text, point) => [...text].slice(0, point).join("").length;
export const points = (text, unit) => [...text.slice(0, unit)].length;

export class Editor {
  /** `marks` are {start, end, kind} in UTF-16 units; `onChange` runs after every change of the text. */
  constructor(onChange) {
    this.area = byId("text");
    this.backdrop = byId("backdrop");
    this.marks = [];
    this.area.addEventListener("input", () => {
      this.marks = [];
      this.paint();
      onChange();
    });
    this.area.addEventListener("scroll", () => this.follow());
  }

  get text() {
    return this.area.value;
  }

  set text(value) {
    this.area.value = value;
    this.marks = [];
    this.paint();
    this.area.scrollTop = 0;
    this.follow();
  }

  get caret() {
    return this.area.selectionStart;
  }

  follow() {
    this.backdrop.scrollTop = this.area.scrollTop;
    this.backdrop.scrollLeft = this.area.scrollLeft;
  }

  mark(marks) {
    this.marks = [...marks].sort((a, b) => a.start - b.start);
    this.paint();
  }

  select(start, end) {
    this.area.focus();
    this.area.setSelectionRange(start, Math.max(start, end));
    const line = this.text.slice(0, start).split("\n").length;
    const height = parseFloat(getComputedStyle(this.area).lineHeight);
    if (line * height > this.area.scrollTop + this.area.clientHeight || line * height < this.area.scrollTop + height)
      this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  /** Put text in place of a range, as if typed, so that the browser's undo works. */
  replace(start, end, text) {
    this.area.focus();
    this.area.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, text)) {
      this.area.setRangeText(text, start, end, "end");
      this.area.dispatchEvent(new Event("input"));
    }
  }

  paint() {
    const text = this.text;
    const parts = [];
    let at = 0;
    for (const mark of this.marks) {
      const start = Math.max(at, Math.min(mark.start, text.length));
      const end = Math.max(start, Math.min(mark.end, text.length));
      parts.push(...coloured(text.slice(at, start)));
      const inside = start === end || text.slice(start, end) === "\n" ? [make("span", { class: "filler" })] : [];
      parts.push(make("mark", { class: mark.kind }, ...inside, ...coloured(text.slice(start, end))));
      at = end;
    }
    parts.push(...coloured(text.slice(at)), "\n\n");
    this.backdrop.replaceChildren(...parts);
    this.follow();
  }

  /** Where the caret is, in pixels from the editor's corner. */
  place(position) {
    const marker = make("span", {}, "\u200b");
    this.backdrop.replaceChildren(this.text.slice(0, position), marker, this.text.slice(position));
    const corner = this.backdrop.getBoundingClientRect();
    const box = marker.getBoundingClientRect();
    this.paint();
    return { left: box.left - corner.left, top: box.bottom - corner.top };
  }
}

function coloured(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [word, comment, string] = match;
    const kind = comment ? "comment" : string ? "string" : KEYWORDS.has(word) ? "keyword" : null;
    if (!kind) continue;
    parts.push(text.slice(at, match.index), make("span", { class: kind }, word));
    at = match.index + word.length;
  }
  parts.push(text.slice(at));
  return parts;
}

// The editor: CodeMirror where its file can be had, else the text area it stands in for. Both do the same few things:
//   text, caret, select(start, end), replace(start, end, text), insert(text), mark(marks), focus()
// `marks` are {start, end, kind, message, hint}, and all places are UTF-16 units.

import { byId } from "./dom.js";

/** `handlers` are changed() after every change and run() for Ctrl+Enter; `sources` give completions. */
export async function openEditor(handlers, sources) {
  const area = byId("text");
  try {
    const { CodeEditor } = await import("./code_editor.js");
    return new CodeEditor(area, handlers, sources);
  } catch {
    return new PlainEditor(area, handlers);
  }
}

/** The text area itself, for where the library's file does not arrive; problems are in the list below it. */
class PlainEditor {
  constructor(area, handlers) {
    this.area = area;
    area.hidden = false;
    area.addEventListener("input", handlers.changed);
    area.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter") handlers.run();
    });
  }

  get text() {
    return this.area.value;
  }

  set text(value) {
    this.area.value = value;
    this.area.scrollTop = 0;
  }

  get caret() {
    return this.area.selectionEnd;
  }

  focus() {
    this.area.focus();
  }

  mark(marks) {
    this.area.setAttribute("aria-invalid", marks.some((mark) => mark.kind === "problem"));
  }

  select(start, end) {
    this.focus();
    this.area.setSelectionRange(start, Math.max(start, end));
  }

  insert(text) {
    this.replace(this.area.selectionStart, this.area.selectionEnd, text);
  }

  /** As if typed, where the browser can, so that its undo works. */
  replace(start, end, text) {
    this.select(start, end);
    if (!document.execCommand("insertText", false, text)) {
      this.area.setRangeText(text, start, end, "end");
      this.area.dispatchEvent(new Event("input"));
    }
  }
}

// The editor: CodeMirror where its file can be had, else the text area it stands in for. Both do the same few things:
//   text, caret, select(start, end), replace(start, end, text, gesture), insert(text), mark(marks), focus(),
//   undo(), redo(), canUndo, canRedo
// `marks` are {start, end, kind, message, hint}, and all places are UTF-16 units. Replacements of one gesture, which is
// {began}, are undone together.

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
    if (value !== this.text) this.replace(0, this.text.length, value);
    this.area.scrollTop = 0;
  }

  get caret() {
    return this.area.selectionEnd;
  }

  focus() {
    this.area.focus({ preventScroll: true });
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

  get canUndo() {
    return true;
  }

  get canRedo() {
    return true;
  }

  undo() {
    this.withFocus(() => document.execCommand("undo"));
  }

  redo() {
    this.withFocus(() => document.execCommand("redo"));
  }

  /** As if typed, where the browser can, so that its undo works; what a gesture wrote before is taken back first. */
  replace(start, end, text, gesture) {
    this.withFocus(() => {
      const isNext = gesture && gesture === this.gesture && this.text === this.written;
      if (isNext) document.execCommand("undo");
      this.area.setSelectionRange(...(isNext ? [0, this.text.length] : [start, end]));
      if (!document.execCommand("insertText", false, text)) {
        this.area.setRangeText(text, start, end, "end");
        this.area.dispatchEvent(new Event("input"));
      }
      this.gesture = gesture;
      this.written = this.text;
    });
  }

  /** Browsers type, undo and redo where the focus is; it goes back to where it was. */
  withFocus(work) {
    const focused = document.activeElement;
    this.focus();
    work();
    if (focused === document.body) this.area.blur();
    else focused.focus({ preventScroll: true });
  }
}

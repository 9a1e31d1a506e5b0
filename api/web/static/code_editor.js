// The editor over CodeMirror. Loading this file fails where the library does not arrive, and then the text area serves.

import { languageSupport } from "./language.js";
import {
  Annotation,
  EditorState,
  EditorView,
  Prec,
  Transaction,
  acceptCompletion,
  autocompletion,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  defaultKeymap,
  highlightActiveLine,
  highlightSpecialChars,
  history,
  historyKeymap,
  isolateHistory,
  keymap,
  lineNumbers,
  nextDiagnostic,
  redo,
  redoDepth,
  setDiagnostics,
  undo,
  undoDepth,
} from "./vendor/codemirror.js";
import { say } from "./words.js";

const Gesture = Annotation.define();
const SEVERITIES = { problem: "error", unmatched: "warning", warning: "warning", info: "info" };

export class CodeEditor {
  constructor(area, handlers, sources) {
    this.handlers = handlers;
    this.waiting = null;
    this.isWrong = false;
    this.gesture = null;
    this.view = new EditorView({ state: this.state(area.value, sources), parent: area.parentElement });
    area.hidden = true;
    this.view.contentDOM.addEventListener("compositionend", () => setTimeout(() => this.waiting && this.mark(this.waiting)));
  }

  state(text, sources) {
    const run = () => (this.handlers.run(), true);
    return EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Ctrl-Enter", run }, { key: "Mod-Enter", run }])),
        lineNumbers(),
        highlightSpecialChars(),
        highlightActiveLine(),
        history({ joinToEvent: (change, isAdjacent) => isAdjacent || Boolean(change.annotation(Gesture)) }),
        bracketMatching(),
        closeBrackets(),
        languageSupport(),
        autocompletion({ override: sources, activateOnTypingDelay: 150, icons: false, maxRenderedOptions: 60 }),
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          { key: "F8", run: nextDiagnostic },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorState.tabSize.of(2),
        EditorState.phrases.of({ Completions: say("may_come_next"), Diagnostics: say("problems") }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of(() => ({
          "aria-invalid": String(this.isWrong),
          "aria-errormessage": "verdict",
          "aria-label": say("document"),
          "aria-describedby": "verdict editor-hint",
          spellcheck: "false",
          tabindex: "0",
          autocapitalize: "off",
        })),
        EditorView.updateListener.of((update) => update.docChanged && this.handlers.changed()),
      ],
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  set text(value) {
    if (value !== this.text) this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: value } });
    this.view.dispatch({ selection: { anchor: 0 }, scrollIntoView: true });
  }

  get caret() {
    return this.view.state.selection.main.head;
  }

  focus() {
    this.view.focus();
  }

  select(start, end) {
    this.focus();
    this.view.dispatch({ selection: { anchor: start, head: Math.max(start, end) }, scrollIntoView: true });
  }

  insert(text) {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.focus();
  }

  undo() {
    undo(this.view);
  }

  redo() {
    redo(this.view);
  }

  get canUndo() {
    return undoDepth(this.view.state) > 0;
  }

  get canRedo() {
    return redoDepth(this.view.state) > 0;
  }

  /** The part that stays is left alone, so that the caret and the undo history keep their meaning. */
  replace(start, end, text, gesture) {
    const before = this.view.state.sliceDoc(start, end);
    let same = 0;
    while (same < Math.min(before.length, text.length) && before[same] === text[same]) same += 1;
    let rest = 0;
    while (rest < Math.min(before.length, text.length) - same && before.at(-1 - rest) === text.at(-1 - rest)) rest += 1;
    this.view.dispatch({
      changes: { from: start + same, to: end - rest, insert: text.slice(same, text.length - rest) },
      annotations: this.during(gesture),
    });
  }

  /** What makes the changes of one gesture one step of the history: they count as made when it began. */
  during(gesture) {
    if (!gesture) return [];
    const isFirst = gesture !== this.gesture;
    this.gesture = gesture;
    return [Gesture.of(true), Transaction.time.of(gesture.began), ...(isFirst ? [isolateHistory.of("before")] : [])];
  }

  /** Underlines; while letters are being put together (Hangul), it waits, since drawing would break that off. */
  mark(marks) {
    if (this.view.composing) {
      this.waiting = marks;
      return;
    }
    this.waiting = null;
    this.isWrong = marks.some((mark) => mark.kind === "problem");
    const length = this.view.state.doc.length;
    const diagnostics = marks.map((mark) => ({
      from: Math.min(mark.start, length),
      to: Math.min(Math.max(mark.start, mark.end), length),
      severity: SEVERITIES[mark.kind],
      message: [mark.explained, mark.message, mark.hint].filter(Boolean).join("\n"),
    }));
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }
}

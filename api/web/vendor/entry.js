// What the editor takes of CodeMirror, as one module. The page's policy allows no <style> element, so the rules that
// CodeMirror makes go into a constructed style sheet instead, which is no inline style.

import { StyleModule } from "style-mod";

const sheets = new WeakMap();

/** Earlier modules give way to later ones; a module keeps its place among those mounted before it. */
StyleModule.mount = (root, given) => {
  const modules = Array.isArray(given) ? given : [given];
  const known = sheets.get(root) ?? { sheet: new CSSStyleSheet(), modules: [] };
  const others = known.modules.filter((module) => !modules.includes(module));
  known.modules = [...modules, ...others];
  known.sheet.replaceSync(known.modules.map((module) => module.getRules()).join("\n"));
  if (!sheets.has(root)) root.adoptedStyleSheets = [known.sheet, ...root.adoptedStyleSheets];
  sheets.set(root, known);
};

export { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
export { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
export { nextDiagnostic, setDiagnostics } from "@codemirror/lint";
export { Annotation, EditorState, Prec, Transaction } from "@codemirror/state";
export { EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
export { tags } from "@lezer/highlight";

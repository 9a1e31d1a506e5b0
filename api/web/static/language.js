// The colours of the language. Its words come from the server, which derives them from the language itself.

import { languageWords } from "./language_data.js";
import { HighlightStyle, StreamLanguage, syntaxHighlighting, tags } from "./vendor/codemirror.js";

const STYLES = { statements: "definitionKeyword", keywords: "keyword", domains: "typeName", fields: "propertyName", units: "unit" };

const WORD = /^[\p{L}_][\p{L}\p{N}_.]*(-[A-Za-z]+)*/u;
const NUMBER = /^\d+(\.\d+)?(-\d+)*%?|^\d+(st|nd|rd|th)\b/;

/** `statements` begin a line; elsewhere they are ordinary keywords. */
function kinds() {
  return new Map(Object.entries(languageWords).flatMap(([kind, list]) => list.map((word) => [word, STYLES[kind]])));
}

function token(known) {
  return (stream) => {
    if (stream.eatSpace()) return null;
    const begins = stream.sol() || stream.string.slice(0, stream.pos).trim() === "";
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(NUMBER)) return "number";
    const word = stream.match(WORD)?.[0];
    if (word !== undefined) {
      const kind = known.get(word) ?? "variableName";
      return kind === "definitionKeyword" && !begins ? "keyword" : kind;
    }
    if (stream.match(/^(>=|<=|!=|=|<|>|\.\.)/)) return "operator";
    stream.next();
    return "punctuation";
  };
}

const highlighting = HighlightStyle.define([
  { tag: tags.definitionKeyword, class: "word-statement" },
  { tag: tags.keyword, class: "word-keyword" },
  { tag: tags.typeName, class: "word-domain" },
  { tag: tags.propertyName, class: "word-field" },
  { tag: tags.unit, class: "word-unit" },
  { tag: tags.string, class: "word-text" },
  { tag: tags.number, class: "word-number" },
  { tag: tags.comment, class: "word-comment" },
]);

export function languageSupport() {
  const language = StreamLanguage.define({ name: "kohort", startState: () => ({}), token: token(kinds()), languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", '"'] },
  } });
  return [language, syntaxHighlighting(highlighting)];
}

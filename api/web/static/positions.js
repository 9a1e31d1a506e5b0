// The server counts characters (code points); a browser counts UTF-16 units.

const PAIRS = /[\u{10000}-\u{10ffff}]/u;

/** What turns the server's places in a text into the browser's. */
export function unitsIn(text) {
  if (!PAIRS.test(text)) return (point) => point;
  const all = [...text];
  return (point) => all.slice(0, point).join("").length;
}

export const points = (text, unit) => [...text.slice(0, unit)].length;

/** The part of a text that a span of the server's stands for. */
export const slice = (text, span) => [...text].slice(span.start, span.end).join("");

// The server counts characters (code points); a browser counts UTF-16 units.

export const units = (text, point) => [...text].slice(0, point).join("").length;

export const points = (text, unit) => [...text.slice(0, unit)].length;

/** The part of a text that a span of the server's stands for. */
export const slice = (text, span) => [...text].slice(span.start, span.end).join("");

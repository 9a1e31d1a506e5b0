// The words of the page in the reader's language, as the server wrote them into it.

export const language = document.documentElement.lang;

export const words = JSON.parse(document.getElementById("words").textContent);

/** The words under a key, with `{name}` filled in. A key that does not exist is our fault and is shown as it is. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const numbers = new Intl.NumberFormat(language);

export const number = (value) => numbers.format(value);

// What the server says, in the reader's language. Its sentences are told from each other by their words; what they quote
// is kept.

const QUOTED = "(?:```|`[^`]*`|\"[^\"]*\"|'(?:[^'\\\\]|\\\\.)*')";
// What is quoted, some of that listed, or words without a quotation.
const PIECE = `(${QUOTED}(?:(?:, | or )${QUOTED})*(?: or \\d+ others)?|[^\`"]+?)`;
const QUOTATION = new RegExp(`^${QUOTED}`);
const WHOLE_QUOTATION = new RegExp(`^${QUOTED}$`);
const GAP = "{}";
// What is a saying itself, as in "{said} (and {} more)".
const SAID = "{said}";

/** What tells a text by the `sayings` of a language, as {"no concept set is named {}": …}, and by the `parts` that stand
 * in their gaps; null where none fits. */
export function teller(sayings, parts) {
  const whole = patterns(sayings);
  const within = patterns(parts);
  const piece = (text) => (QUOTATION.test(text) ? withoutWords(text) : told(text, within) ?? text);
  const another = (text) => (WHOLE_QUOTATION.test(text) ? text : told(text, within) ?? told(text, whole));
  function told(text, known) {
    for (const [pattern, form] of known) {
      const found = pattern.exec(text);
      if (!found) continue;
      const said = found.groups?.said;
      const other = said === undefined ? "" : another(said);
      if (other !== null) return filled(form, found.slice(1).filter((_, place) => pattern.places[place]).map(piece), other);
    }
    return null;
  }
  return (text) => told(text, whole);
}

/** Those that go on from another saying first, then those that introduce one; then those with the most words of their own,
 * since "write {}" is in many. */
function patterns(sayings) {
  const own = (english) => english.replaceAll(GAP, "").replace(SAID, "").length;
  const introduces = (english) => english.includes(SAID) && !english.startsWith(GAP);
  const rank = (english) => (english.startsWith(SAID) ? 0 : introduces(english) ? 1 : 2);
  const known = Object.entries(sayings).sort(([one], [other]) => rank(one) - rank(other) || own(other) - own(one));
  return known.map(([english, form]) => [pattern(english), form]);
}

function pattern(english) {
  const source = english.split(GAP).map(escaped).join(PIECE).replace(escaped(SAID), "(?<said>.+)");
  const found = new RegExp(`^${source}$`, "s");
  // Which of its groups are pieces.
  found.places = (english.match(/\{\}|\{said\}/g) ?? []).map((gap) => gap === GAP);
  return found;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function filled(form, pieces, said) {
  let place = 0;
  return form.replace(/\{\}|\{said\}/g, (gap) => (gap === GAP ? pieces[place++] : said));
}

/** A list whose marks are the same in every language. */
const withoutWords = (piece) => piece.replace(/ or (\d+) others$/, ", … (+$1)").replace(/(?<=\S[`"']) or (?=[`"']\S)/g, ", ");

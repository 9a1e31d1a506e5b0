// What the server says of a document, in the reader's language. Its sentences are told from each other by their words;
// what they quote is kept.

const QUOTED = '(?:`[^`]*`|"[^"]*")';
// What is quoted, some of that listed, or words without a quotation.
const PIECE = `(${QUOTED}(?:(?:, | or )${QUOTED})*(?: or \\d+ others)?|[^\`"]+?)`;
const GAP = "{}";

/** What tells a text by the `sayings` of a language, as {"no concept set is named {}": …}; null where none fits. */
export function teller(sayings) {
  // Those with the most words of their own first, since "write {}" is in many.
  const own = ([english]) => english.replaceAll(GAP, "").length;
  const known = Object.entries(sayings).sort((one, other) => own(other) - own(one));
  const patterns = known.map(([english, told]) => [new RegExp(`^${english.split(GAP).map(escaped).join(PIECE)}$`), told]);
  return (text) => {
    for (const [pattern, told] of patterns) {
      const found = pattern.exec(text);
      if (found) return filled(told, found.slice(1).map(withoutWords));
    }
    return null;
  };
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const filled = (told, pieces) => told.split(GAP).reduce((said, part, place) => said + pieces[place - 1] + part);

/** A list whose marks are the same in every language. */
const withoutWords = (piece) => piece.replace(/ or (\d+) others$/, ", … (+$1)").replace(/(?<=\S[`"]) or (?=[`"]\S)/g, ", ");

// The document as a tree in the language's JSON form. Parts are reached by paths such as ["rules", 0, "criterion"], and
// what a card does not touch stays as it was. Fields that have their default are absent.

import { slice } from "../positions.js";
import { post } from "../session.js";
import { withRuleAlone } from "./one_rule.js";

/** What a change gives that was not made, since somebody has typed meanwhile. */
export const LEFT_OUT = "left out";
const HEAD = /^(?:[^\S\n]*(?:#[^\n]*)?\n)*/;

export const partAt = (whole, path) => path.reduce((part, step) => part?.[step], whole);

/** Set a field, making the objects on the way that are absent; `undefined` takes it away. */
export function setAt(whole, path, value) {
  const last = path.at(-1);
  const owner = path.slice(0, -1).reduce((part, step) => (part[step] ??= {}), whole);
  if (value !== undefined) owner[last] = value;
  else if (Array.isArray(owner)) owner.splice(last, 1);
  else delete owner[last];
}

/** Add to the list at `path`, whatever stands in it by then; a list that is absent is begun. */
export const addAt = (whole, path, item) => setAt(whole, path, [...(partAt(whole, path) ?? []), item]);

/** Give a concept set another name, in all its uses too. */
export function renameSet(cohort, number, name) {
  const { name: before } = cohort.lets[number];
  const follow = (part) => {
    if (part?.is === "concept set name" && part.name === before) part.name = name;
    if (part && typeof part === "object") Object.values(part).forEach(follow);
  };
  follow(cohort);
  cohort.lets[number].name = name;
}

export class Tree {
  /** `answer` is the server's to the text. */
  constructor(editor) {
    this.editor = editor;
    this.answer = null;
  }

  get cohort() {
    return this.answer.cohort.cohort;
  }

  get hasComments() {
    return this.answer.comments.length > 0;
  }

  /** Read the editor's text, unless it is what was read last. Raises a Refusal where it has problems. */
  async follow(signal) {
    const text = this.editor.text;
    if (this.answer?.text === text) return;
    const answer = await post("/v1/cohorts/tree", { text }, signal);
    if (this.editor.text === text) this.answer = answer;
  }

  /** Whether a part has a place of its own in the text. */
  isPlaced(path) {
    return pointer(path) in this.answer.places;
  }

  /** The key of the part with this text, the one at `path` where there are several; null where there is none. */
  placeOf(text, path) {
    const { places } = this.answer;
    const [all, wanted] = [[...this.answer.text], [...text]];
    const isHere = ({ start, end }) => end - start === wanted.length && wanted.every((each, at) => each === all[start + at]);
    const found = Object.keys(places).filter((place) => isHere(places[place]));
    const own = pointer(path);
    return (found.includes(own) ? own : found[0])?.slice(1) ?? null;
  }

  /** The text that a part with a place was read from. */
  text(path) {
    return slice(this.answer.text, this.answer.places[pointer(path)]);
  }

  /** Change a copy of the tree; the text follows, under the comments it began with. Nothing is changed where `change`
      gives `false`, or a promise of it, nor where somebody has typed since the tree was read.
      Changes of one `gesture` are undone together. Raises a Refusal when it may not be. */
  async edit(change, gesture) {
    const { text } = this.answer;
    if (this.editor.text !== text) return this.leaveOut();
    const document = structuredClone(this.answer.cohort);
    if ((await change(document.cohort)) === false) return undefined;
    const made = (await withRuleAlone(this.answer, document.cohort)) ?? (await this.written(document));
    return this.editor.text === text ? this.put(made, gesture) : this.leaveOut();
  }

  async leaveOut() {
    await this.follow();
    return LEFT_OUT;
  }

  /** A document in the usual form, under the comments that the text begins with. */
  async written(document) {
    const head = HEAD.exec(this.answer.text)[0];
    const made = await post("/v1/cohorts/tree", { cohort: document });
    return { ...made, text: head + made.text, places: moved(made.places, [...head].length) };
  }

  /** Put other text in the place of a part. Raises a Refusal when the document cannot be read then. */
  async splice(path, text) {
    const span = this.answer.places[pointer(path)];
    const all = [...this.answer.text];
    return this.rewrite([...all.slice(0, span.start), text, ...all.slice(span.end)].join(""));
  }

  /** Take comments from inside the document to its top, where the tree leaves them alone. */
  async liftComments() {
    const { text, comments } = this.answer;
    const all = [...text];
    const lines = comments.map((span) => slice(text, span).trim());
    const rest = all.filter((_, at) => !comments.some((span) => at >= span.start && at < span.end)).join("");
    const head = HEAD.exec(rest)[0];
    return this.rewrite(`${head}${lines.join("\n")}\n${rest.slice(head.length)}`);
  }

  /** Another text in the usual form, in the place of the one that was read. What is typed stays, as in `edit`. */
  async rewrite(text) {
    const before = this.answer.text;
    if (this.editor.text !== before) return this.leaveOut();
    const { text: formatted } = await post("/v1/cohorts/format", { text });
    const answer = await post("/v1/cohorts/tree", { text: formatted });
    return this.editor.text === before ? this.put(answer) : this.leaveOut();
  }

  put(answer, gesture) {
    this.answer = answer;
    this.editor.replace(0, this.editor.text.length, answer.text, gesture);
  }
}

/** Places in a text that begins so much later. */
function moved(places, shift) {
  if (!shift) return places;
  const later = ({ start, end }) => ({ start: start + shift, end: end + shift });
  return Object.fromEntries(Object.entries(places).map(([place, span]) => [place, later(span)]));
}

const pointer = (path) => path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

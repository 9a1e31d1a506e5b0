// The cards: the same document as the text, part by part. A change of a card is a change of the tree, and the text
// follows; a change of the text draws the cards anew.

import { byId, make } from "../dom.js";
import { Refusal } from "../session.js";
import { isSignedOut } from "../signin.js";
import { say } from "../words.js";
import { documentCards } from "./document.js";
import { Kept } from "./kept.js";
import { reason } from "./text_card.js";
import { Tree } from "./tree.js";

const MANY = 25;
const TYPED = "input:not([type=checkbox]), textarea";
const FIELDS = "input, select, [role=slider]";

export class Builder {
  constructor(editor) {
    this.tree = new Tree(editor);
    this.place = byId("builder");
    this.notice = byId("builder-notice");
    this.asking = null;
    this.busy = Promise.resolve();
    this.kept = new Kept();
    this.latest = new WeakMap();
    this.isHeld = false;
    this.keyed = null;
    this.place.addEventListener("keydown", (event) => this.turnBack(event));
  }

  get cohort() {
    return this.tree.cohort;
  }

  get isShown() {
    return byId("sides").dataset.view !== "text";
  }

  /** Draw what the text says; where it has problems, the cards stay as they were and cannot be used. */
  async follow() {
    if (!this.isShown) return;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const before = this.tree.answer;
      await this.tree.follow(this.asking.signal);
      if (this.tree.answer !== before || this.place.inert) this.draw();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Refusal)) throw error;
      if (isSignedOut(error)) return;
      this.place.inert = true;
      this.say(say("cards_wait"));
    }
  }

  /** Bring the cards to what the tree says; those around `used` are made anew, whatever they say. While a control is
      held, as in dragging, they stay as they are. */
  draw(used) {
    if (used) this.kept.use(used);
    if (this.isHeld) return;
    const focus = this.keyOfFocus();
    const cards = documentCards(this);
    this.place.classList.toggle("is-long", cards.length > MANY);
    this.kept.arrange(this.place, cards);
    this.place.inert = this.tree.hasComments;
    if (this.tree.hasComments) this.sayComments();
    else this.say("");
    if (focus && !this.keyOfFocus()) this.refocus(focus);
  }

  /** The focus goes back to the control that had it, or where that is gone to the first of the part around it. */
  refocus(key) {
    const steps = key.split("/");
    const around = steps.map(
      (_, number) => `[data-key^="${CSS.escape(steps.slice(0, steps.length - number).join("/"))}"]`,
    );
    const found = this.withKey(key) ?? around.map((each) => this.place.querySelector(each)).find(Boolean);
    found?.focus();
  }

  /** Change the tree; `element` is what was used, and where a refusal is said. Edits are made one after the other; of
      those of a field that wait, the last alone, since it has the field's value. */
  edit(element, change, gesture) {
    this.latest.set(element, change);
    const isOvertaken = () => element.matches(FIELDS) && this.latest.get(element) !== change;
    return this.attempt(element, () => isOvertaken() || this.tree.edit(change, gesture), isOvertaken);
  }

  /** A promise of whether it was done, rather than refused. */
  attempt(element, work, isOvertaken = () => false) {
    this.busy = this.busy.then(async () => {
      try {
        await work();
        if (!isOvertaken()) this.draw(element);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) reportError(error);
        else if (!isSignedOut(error)) this.refuse(element, reason(error));
        return false;
      }
    });
    return this.busy;
  }

  /** Say beside an element why it may not be so, also to who hears the page. */
  refuse(element, text) {
    this.kept.use(element);
    const place = element.closest("label, .duration, .chips, .row, .text-form, .timeline") ?? element;
    const id = `wrong:${element.dataset.key ?? "text"}`;
    element.setAttribute("aria-invalid", "true");
    element.setAttribute("aria-describedby", id);
    if (place.nextElementSibling?.matches(".wrong")) place.nextElementSibling.remove();
    place.after(make("p", { class: "wrong", id, role: "alert" }, text));
  }

  /** Ctrl+Z in the cards is that of the document, and in a field that is being filled the browser's. */
  turnBack(event) {
    const wanted = wantedStep(event);
    if (!wanted || (event.target.matches(TYPED) && event.target.value !== event.target.defaultValue)) return;
    event.preventDefault();
    this.step(wanted);
  }

  /** Take a step of the history back, or do it again; the cards follow at once. */
  step(wanted) {
    this.tree.editor[wanted]();
    return this.follow();
  }

  say(text, ...more) {
    this.notice.hidden = !text;
    this.notice.replaceChildren(text, ...more);
  }

  sayComments() {
    const lift = () => this.attempt(this.notice, () => this.tree.liftComments());
    this.say(say("comments_inside"), " ", make("button", { type: "button", onclick: lift }, say("lift_comments")));
  }

  keyOfFocus() {
    return this.place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  }

  withKey(key) {
    return this.place.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }
}

/** `undo` or `redo`, as the usual keys ask for it; null for others. */
function wantedStep(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

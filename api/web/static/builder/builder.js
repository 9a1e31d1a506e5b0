// The cards: the same document as the text, part by part. A change of a card is a change of the tree, and the text
// follows; a change of the text draws the cards anew.

import { untilThere } from "../away.js";
import { byId, make } from "../dom.js";
import { Refusal } from "../session.js";
import { isSignedOut } from "../signin.js";
import { say } from "../words.js";
import { documentCards } from "./document.js";
import { Kept } from "./kept.js";
import { reason } from "./text_card.js";
import { LEFT_OUT, Tree, partAt } from "./tree.js";
import { TYPED, Typing } from "./typing.js";

const MANY = 25;
const PRESSED = "button, .tick, input[type=checkbox]";
const FIELDS = "input, select, [role=slider]";

export class Builder {
  constructor(editor) {
    this.tree = new Tree(editor);
    this.place = byId("builder");
    this.notice = byId("builder-notice");
    this.asking = null;
    this.busy = Promise.resolve();
    this.kept = new Kept();
    this.typing = new Typing(this.place);
    this.latest = new WeakMap();
    this.underWay = 0;
    this.isHeld = false;
    this.isDrawing = false;
    this.isLeftOut = false;
    this.isPressed = false;
    this.late = null;
    this.drawn = null;
    this.keyed = null;
    this.said = "";
    this.place.addEventListener("keydown", (event) => this.turnBack(event));
    this.place.addEventListener("pointerdown", (event) => this.press(event));
    const release = () => setTimeout(() => this.release()); // after the click that it may be
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release);
    window.addEventListener("beforeunload", (event) => this.isUnsaved && event.preventDefault());
  }

  get cohort() {
    return this.tree.cohort;
  }

  get isShown() {
    return byId("sides").dataset.view !== "text";
  }

  /** Whether the document has not yet what somebody typed or chose. */
  get isUnsaved() {
    return this.underWay > 0 || this.typing.isBegun;
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
      this.say(say(error.isAway ? "cards_away" : "cards_wait"));
    }
  }

  /** Bring the cards to what the tree says; those around `used` are made anew, whatever they say. While a control is
      held, as in dragging, they stay as they are. `then` is the key of what has the focus afterwards. */
  draw(used, then) {
    if (used) this.kept.use(used);
    if (this.isPressed) this.late = { used, then };
    if (this.isHeld || this.isPressed) return;
    const isLeft = document.activeElement !== used && document.activeElement !== document.body;
    const focus = then && !isLeft ? then : this.keyOfFocus();
    const typed = this.typing.field;
    const texts = this.typing.texts.filter((area) => area !== used);
    const cards = documentCards(this);
    this.place.classList.toggle("is-long", cards.length > MANY);
    this.isDrawing = true;
    this.kept.arrange(this.place, cards);
    this.isDrawing = false;
    this.place.inert = this.tree.hasComments;
    if (this.tree.hasComments) this.sayComments();
    else this.say(this.isLeftOut ? say("change_left_out") : "");
    texts.forEach((area) => this.reopen(area, this.drawn));
    this.drawn = this.cohort;
    if (focus && this.keyOfFocus() !== focus) this.refocus(focus);
    if (typed) this.typing.goOn(typed, this.withKey(typed.dataset.key));
  }

  /** A part that is edited as text still is, wherever it stands by now. */
  reopen(area, before) {
    if (area.isConnected) return;
    const place = this.tree.placeOf(area.defaultValue, stepsOf(area.dataset.key)) ?? this.samePlace(area, before);
    this.withKey(`${place}:text`)?.dispatchEvent(new CustomEvent("reopen", { detail: area }));
  }

  /** The place of a part that has changed, where it is still the same part. */
  samePlace(element, before) {
    const [then, now] = [before, this.cohort].map((cohort) => lengthsAlong(cohort, element).join());
    return then === now ? stepsOf(element.dataset.key).join("/") : null;
  }

  /** A button that is pressed stays where it is until it is let go, so that the press counts. */
  press(event) {
    this.isPressed = event.button === 0 && event.target.closest(PRESSED) !== null;
  }

  release() {
    const { late } = this;
    Object.assign(this, { isPressed: false, late: null });
    if (late) this.draw(late.used, late.then);
  }

  /** The focus goes to the control of a key, or where there is none to the first of the part around it. */
  refocus(key) {
    const within = (place) => `[data-key^="${CSS.escape(place)}/"], [data-key^="${CSS.escape(place)}:"]`;
    const around = () => placesAround(key).map((place) => this.place.querySelector(within(place)));
    const found = this.withKey(key) ?? around().find(Boolean);
    found?.focus();
  }

  /** Change the tree; `element` is what was used, and where a refusal is said. Edits are made one after the other; of
      those of a field that wait, the last alone, since it has the field's value, and of those of a button the first.
      So `change` has to look into the tree it is given: what the cards say may be older. Those of one `gesture` are
      undone together, and `then` is the key of what has the focus once the change is made. */
  edit(element, change, { gesture, then } = {}) {
    const isField = element.matches(FIELDS);
    // A field that goes while it is typed into tells of a change, too early: it goes on in the next.
    if (this.isDrawing || (!isField && this.latest.has(element))) return this.busy;
    this.latest.set(element, change);
    this.typing.send(element);
    const isOvertaken = () => isField && this.latest.get(element) !== change;
    const work = () => isOvertaken() || this.tree.edit(change, gesture);
    const forget = () => this.latest.get(element) === change && this.latest.delete(element);
    return this.attempt(element, work, { isOvertaken, then }).finally(forget);
  }

  /** A promise of whether it was done, rather than refused. What waited while a part before that of `element` was taken
      away is left out: it would be about another part. So is what somebody's typing in the text has overtaken. */
  attempt(element, work, { isOvertaken = () => false, then } = {}) {
    const lengths = lengthsAlong(this.cohort, element);
    const isElsewhere = () => lengthsAlong(this.cohort, element).some((now, step) => now < lengths[step]);
    this.underWay += 1;
    this.busy = this.busy.then(async () => {
      const before = this.tree.answer;
      try {
        this.isLeftOut = (await this.withServer(() => isElsewhere() || work())) === LEFT_OUT;
        if (this.isLeftOut) this.typing.takeBack(element);
        if (!isOvertaken()) this.draw(element, this.tree.answer === before ? null : then);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) reportError(error);
        else if (!isSignedOut(error)) this.refuse(element, reason(error));
        return false;
      } finally {
        this.underWay -= 1;
      }
    });
    return this.busy;
  }

  /** Do it, and what that gives; where the server is not there wait until it is, and do it to what the text says by then. */
  async withServer(work) {
    let isBack = false;
    const again = async () => {
      if (isBack) await this.tree.follow();
      return work();
    };
    const away = () => {
      isBack = true;
      this.say(say("change_waits"));
    };
    const done = await untilThere(again, away);
    if (isBack) this.say("");
    return done;
  }

  /** Say beside an element why it may not be so, also to who hears the page. */
  refuse(element, text) {
    this.kept.use(element);
    this.typing.takeBack(element);
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

  /** What is said above the cards; the same again is not read out again. */
  say(text, ...more) {
    if (this.said === text) return;
    this.said = text;
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

/** The places around a key from within to without, and after each of a list the one before it, which is there when the
    last was taken away. */
function placesAround(key) {
  const steps = stepsOf(key);
  return steps.flatMap((_, number) => {
    const place = steps.slice(0, steps.length - number);
    const before = Number(place.at(-1)) - 1;
    return [place, ...(before >= 0 ? [place.with(-1, before)] : [])].map((each) => each.join("/"));
  });
}

/** How long each list is on the way to what a control is about; zero for what is no list. */
const lengthsAlong = (cohort, { dataset }) =>
  stepsOf(dataset.key).map((_, number, steps) => partAt(cohort, steps.slice(0, number))?.length ?? 0);

const stepsOf = (key = "") => key.split(":")[0].split("/");

/** `undo` or `redo`, as the usual keys ask for it; null for others. */
function wantedStep(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

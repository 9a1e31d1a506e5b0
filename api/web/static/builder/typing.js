// What is being typed into a field of the cards, and is not yet in the document: it goes on in the field that takes its
// place when the cards are drawn anew, and a page is not left without asking while there is any.

/** Fields that are typed into. */
export const TYPED = "input:not([type=checkbox]), textarea";

export class Typing {
  constructor(place) {
    this.place = place;
    this.sent = new WeakMap();
  }

  /** What a field has now is on its way to the document. */
  send(field) {
    this.sent.set(field, field.value);
  }

  /** What it has was refused. */
  takeBack(field) {
    this.sent.delete(field);
  }

  isUnsent(field) {
    return field.value !== field.defaultValue && field.value !== this.sent.get(field);
  }

  /** Whether any field, or a part that is edited as text, has what the document has not. */
  get isBegun() {
    return [...this.place.querySelectorAll(TYPED)].some((field) => this.isUnsent(field));
  }

  /** The field that has the focus, where something was typed that was not sent; else null. */
  get field() {
    const { activeElement } = document;
    const isOurs = this.place.contains(activeElement) && activeElement.matches(TYPED) && activeElement.dataset.key;
    return isOurs && this.isUnsent(activeElement) ? activeElement : null;
  }

  /** The parts that are open as text, but for what was sent. */
  get texts() {
    return [...this.place.querySelectorAll("textarea")].filter((area) => area.value !== this.sent.get(area));
  }

  /** Go on in the field that stands where `before` stood, unless that is about something else by now. */
  goOn(before, field) {
    if (!field || field === before || ![before.defaultValue, this.sent.get(before)].includes(field.defaultValue)) return;
    const [start, end] = [before.selectionStart, before.selectionEnd];
    field.value = before.value;
    if (start !== null) field.setSelectionRange(start, end);
    // A browser tells of a change only where somebody typed into this very field.
    const tell = () => this.isUnsent(field) && field.dispatchEvent(new Event("change", { bubbles: true }));
    field.addEventListener("blur", tell);
    field.addEventListener("keydown", (event) => event.key === "Enter" && tell());
  }
}

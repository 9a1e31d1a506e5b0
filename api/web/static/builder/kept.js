// Cards that stay: a card is made anew only where it says something else than before, or where somebody used it. So a
// change of one card in a long document costs one card, and what was begun in the others is not lost.

export class Kept {
  constructor() {
    this.cards = new Map();
    this.used = new WeakSet();
  }

  /** The card at `path`: the one of the last drawing where `said` is what it said then, else what `draw()` makes.
      `said` is all that the card is drawn from, apart from its path. */
  card(path, said, draw) {
    const place = path.join("/");
    const text = JSON.stringify(said);
    const before = this.cards.get(place);
    if (before?.text === text && !this.used.has(before.element)) return before.element;
    const element = draw();
    this.cards.set(place, { text, element });
    return element;
  }

  /** What lies around a control that was used is made anew with the next drawing. */
  use(element) {
    for (let each = element; each; each = each.parentElement) this.used.add(each);
  }

  /** Give `place` these children, without touching those that are there already; cards that are gone are let go. */
  arrange(place, children) {
    const wanted = new Set(children);
    for (const each of [...place.children]) if (!wanted.has(each)) each.remove();
    children.forEach((each, number) => {
      if (place.children[number] !== each) place.insertBefore(each, place.children[number] ?? null);
    });
    for (const [path, { element }] of this.cards) if (!element.isConnected) this.cards.delete(path);
  }
}

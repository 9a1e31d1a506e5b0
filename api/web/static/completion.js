// The list of what may come next, at the caret.

import { post } from "./client.js";
import { byId, make } from "./dom.js";
import { points, units } from "./editor.js";

export class CompletionList {
  constructor(editor) {
    this.editor = editor;
    this.list = byId("completions");
    this.items = [];
    editor.area.addEventListener("keydown", (event) => this.key(event));
    editor.area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    editor.area.addEventListener("input", () => this.isOpen && this.open());
  }

  get isOpen() {
    return !this.list.hidden;
  }

  async open() {
    const caret = this.editor.caret;
    const text = this.editor.text;
    const answer = await post("/v1/cohorts/complete", { text, position: points(text, caret) }).catch(() => ({ items: [] }));
    if (caret !== this.editor.caret) return;
    this.items = answer.items.map((item) => ({ ...item, start: units(text, item.start) }));
    if (!this.items.length) {
      this.close();
      return;
    }
    this.chosen = Math.max(0, this.items.findIndex((item) => item.kind !== "value"));
    this.show();
    const place = this.editor.place(caret);
    const room = this.editor.area.clientWidth - this.list.offsetWidth - 4;
    this.list.style.left = `${Math.max(0, Math.min(place.left, room))}px`;
    const above = place.top + this.list.offsetHeight > this.editor.area.clientHeight && place.top > this.list.offsetHeight + 24;
    this.list.style.top = `${above ? place.top - this.list.offsetHeight - 24 : place.top}px`;
  }

  show() {
    this.list.replaceChildren(
      ...this.items.map((item, number) =>
        make(
          "li",
          {
            role: "option",
            id: `completion-${number}`,
            class: item.kind === "value" ? "value" : null,
            "aria-selected": number === this.chosen,
            onmousedown: (event) => {
              event.preventDefault();
              this.take(number);
            },
          },
          item.insert,
          make("small", {}, item.kind),
        ),
      ),
    );
    this.list.hidden = false;
    this.editor.area.setAttribute("aria-activedescendant", `completion-${this.chosen}`);
    this.list.children[this.chosen]?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.list.hidden = true;
    this.editor.area.removeAttribute("aria-activedescendant");
  }

  take(number) {
    const item = this.items[number];
    if (!item || item.kind === "value") return;
    this.close();
    this.editor.replace(item.start, this.editor.caret, `${item.insert} `);
  }

  key(event) {
    if (event.ctrlKey && event.code === "Space") {
      event.preventDefault();
      this.open();
    } else if (this.isOpen && event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (this.isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : this.items.length - 1;
      this.chosen = (this.chosen + step) % this.items.length;
      this.show();
    } else if (this.isOpen && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      this.take(this.chosen);
    }
  }
}

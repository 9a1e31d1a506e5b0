// What is wrong with the document, and what is odd about it: said in a list, and underlined in the text.

import { AGAIN } from "./away.js";
import { byId, make } from "./dom.js";
import { unitsIn } from "./positions.js";
import { explainedLints, explainedNames, languageOf } from "./problems.js";
import { Refusal, post } from "./session.js";
import { isSignedOut } from "./signin.js";
import { sayIn } from "./telling.js";
import { say } from "./words.js";

const MILLISECONDS = 1000;

export class Check {
  /** `show(found)` gets what the server says of a document that can be answered, else null. */
  constructor(editor, show) {
    this.editor = editor;
    this.show = show;
    this.asking = null;
    this.askAgainIn = null;
  }

  /** The server's judgement of the text as it is now; null where it has problems or was overtaken. Where the server is
      away, or was asked too often, `askAgainIn` are the milliseconds until it may tell. */
  async judge() {
    this.asking?.abort();
    this.asking = new AbortController();
    const text = this.editor.text;
    try {
      const found = await post("/v1/cohorts/validate", { text }, this.asking.signal);
      this.askAgainIn = null;
      found.lints = await explainedLints(found.lints);
      found.unmatched = await explainedNames(found.unmatched);
      if (text !== this.editor.text) return null;
      this.tell(text, [], found);
      return found;
    } catch (error) {
      if (error.name === "AbortError") return null;
      if (!(error instanceof Refusal)) throw error;
      this.askAgainIn = error.isAway ? AGAIN : MILLISECONDS * error.retryAfter || null;
      if (!isSignedOut(error) && text === this.editor.text) this.tell(text, error.problem.problems || [], null, error);
      return null;
    }
  }

  tell(text, problems, found, refusal) {
    const at = unitsIn(text);
    const said = [
      ...problems.map((item) => ({ ...item, kind: "problem" })),
      ...(found?.unmatched || []).map((item) => ({ ...item, kind: "unmatched", message: say("matches_nobody", item) })),
      ...(found?.lints || []).map((item) => ({ ...item, kind: item.severity })),
    ].map((item) => ({ ...item, ...range(at, item.span) }));
    this.editor.mark(said.filter((item) => item.span && item.kind !== "info"));
    byId("messages").replaceChildren(...said.map((item) => this.entry(item)));
    const verdict = byId("verdict");
    verdict.className = found ? "good" : "bad";
    sayIn(verdict, found ? say("can_be_answered") : wrong(problems.length, refusal));
    this.show(found);
  }

  entry(item) {
    const where = item.line ? say("place", item) : "";
    const jump = () => item.span && this.editor.select(item.start, item.end);
    return make(
      "li",
      { class: item.kind },
      make("button", { type: "button", class: "link", onclick: jump }, `${where}${item.explained ?? item.message}`),
      item.explained ? make("small", languageOf(item, "message"), item.message) : null,
      item.hint ? make("small", languageOf(item, "hint"), item.hint) : null,
    );
  }
}

function wrong(count, refusal) {
  if (!count) return refusal.message;
  return count === 1 ? say("problem_one") : say("problem_many", { count });
}

const range = (at, span) => (span ? { start: at(span.start), end: at(span.end) } : {});

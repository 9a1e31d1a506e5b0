// Which of several projects is asked in. Budget, runs and links follow it. It is kept for this tab and in the address; a
// change is told by `changed()`, and going to another run of the same project by `kohort:moved` on the document.

import { addressOf, named } from "./address.js";
import { untilThere } from "./away.js";
import { byId, make } from "./dom.js";
import { get, keepProject, project } from "./session.js";
import { say } from "./words.js";

const PERSONAL = "personal:";
const choice = byId("project");
let changed = () => {};
let offering = new AbortController();

/** Everybody's own project has an id that says nothing. */
export const isOwn = (id) => id.startsWith(PERSONAL);

export function whenProjectChanges(act) {
  changed = act;
}

/** The project of the address; where it names nothing the one that the tab keeps, which it names from then on. */
export function takeProject() {
  const there = named();
  if (there.run || there.project) keepProject(there.project);
  else if (project() && !location.hash) history.replaceState(null, "", addressOf(null));
}

/** Take back a choice that is not open; false where none was made, so that the reader's own project is closed. */
export function leaveProject() {
  if (!project()) return false;
  keepProject(null);
  history.replaceState(null, "", location.pathname);
  return true;
}

/** Offer the reader's projects where there is a choice; `current` is in use, or null where theirs is closed. */
export async function offerProjects(current) {
  if (current) choice.value = current;
  offering.abort();
  offering = new AbortController();
  const { signal } = offering;
  const { projects } = await untilThere(() => get("/v1/projects"), () => {}, signal);
  if (signal.aborted) return;
  const options = projects.map((each) =>
    make("option", { value: each.project }, `${isOwn(each.project) ? say("own_project") : each.project} · ${say(`tier_of_${each.tier}`)}`),
  );
  choice.replaceChildren(...(current ? [] : [make("option", { value: "" }, say("choose_project"))]), ...options);
  choice.value = current ?? "";
  byId("project-choice").hidden = options.length < 2 && current !== null;
}

export function tellProject(text) {
  byId("project-said").textContent = text;
  byId("project-said").hidden = !text;
}

choice.addEventListener("change", () => {
  keepProject(isOwn(choice.value) ? null : choice.value);
  history.pushState(null, "", addressOf(null));
  changed();
});

window.addEventListener("popstate", () => {
  const there = named().project;
  if (there === project()) return void document.dispatchEvent(new CustomEvent("kohort:moved"));
  keepProject(there);
  changed();
});

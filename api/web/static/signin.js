// Signing in: a page's main part, `#signed-in`, is shown once there is a token that the server takes, and a project to
// ask in.

import { untilThere } from "./away.js";
import { showOperations } from "./base.js";
import { byId, make } from "./dom.js";
import { isOwn, leaveProject, offerProjects, takeProject, tellProject, whenProjectChanges } from "./projects.js";
import { Refusal, dropToken, get, hasToken, keepRoles, keepToken, takeToken } from "./session.js";
import { fromTabs, tellTabs } from "./tabs.js";
import { say } from "./words.js";

let user = null;

/** Runs `begin(budget)` once somebody is signed in, and again in another project; `budget` is the answer of
    /v1/budget, who they are included. */
export function whenSignedIn(begin) {
  byId("signin-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken(byId("token").value);
    byId("token").value = "";
    attempt(begin);
  });
  window.addEventListener("hashchange", () => hasToken() && attempt(begin));
  whenProjectChanges(() => {
    tellProject("");
    attempt(begin);
  });
  fromTabs("signed-out", (who) => who === user && leave());
  attempt(begin);
}

/** Here and in the other tabs that are signed in as the same person; each keeps its document. */
function signOut() {
  tellTabs("signed-out", user);
  dropToken();
  location.reload();
}

function leave() {
  user = null;
  dropToken();
  show(say("signed_out_elsewhere"));
}

/** Whether a refusal was of the token; then the form to sign in is shown. */
export function isSignedOut(error) {
  if (error.problem?.status !== 401) return false;
  dropToken();
  show(say("sign_in_again"));
  return true;
}

async function attempt(begin) {
  if (!takeToken()) {
    show();
    return;
  }
  takeProject();
  let budget;
  try {
    budget = await untilThere(() => get("/v1/budget"), (fault) => show(say("when_it_does", { fault: fault.message })));
  } catch (error) {
    if (error.problem?.code === "project-refused") await elsewhere(begin);
    else if (!isSignedOut(error)) show(error.message);
    return;
  }
  byId("signin").hidden = true;
  byId("signed-in").hidden = false;
  byId("caller").hidden = false;
  user = budget.user;
  keepRoles(budget.roles);
  showOperations();
  const who = say(isOwn(budget.project) ? "who_own" : "who", { ...budget, tier: say(`tier_of_${budget.tier}`) });
  byId("caller").replaceChildren(
    make("span", { title: who }, who),
    make("button", { type: "button", class: "quiet", onclick: signOut }, say("sign_out")),
  );
  await Promise.all([begin(budget), choose(budget.project)]);
}

/** Where the project chosen is not open, go on in the reader's own; where that is closed, let them choose. */
async function elsewhere(begin) {
  if (leaveProject()) {
    tellProject(say("project_left"));
    return attempt(begin);
  }
  byId("signin").hidden = true;
  byId("signed-in").hidden = true;
  tellProject(say("closed_project"));
  return choose(null);
}

/** A page goes on without the choice where the projects are not told. */
async function choose(current) {
  try {
    await offerProjects(current);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refusal)) throw error;
    if (!current) tellProject(say("no_project"));
  }
}

function show(reason) {
  byId("project-choice").hidden = true;
  byId("signed-in").hidden = true;
  byId("caller").hidden = true;
  byId("signin").hidden = false;
  if (!reason || byId("signin-reason").textContent === reason) return;
  byId("signin-reason").textContent = reason;
  byId("token").focus(); // which is described by the reason
}

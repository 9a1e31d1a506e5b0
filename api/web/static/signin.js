// Signing in: a page's main part, `#signed-in`, is shown once there is a token that the server takes.

import { showOperations } from "./base.js";
import { byId, make } from "./dom.js";
import { dropToken, get, keepRoles, keepToken, takeToken } from "./session.js";
import { say } from "./words.js";

/** Runs `begin(budget)` once somebody is signed in; `budget` is the answer of /v1/budget, who they are included. */
export function whenSignedIn(begin) {
  byId("signin-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken(byId("token").value);
    byId("token").value = "";
    attempt(begin);
  });
  attempt(begin);
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
  let budget;
  try {
    budget = await get("/v1/budget");
  } catch (error) {
    if (!isSignedOut(error)) show(say("when_it_does", { fault: error.message }));
    return;
  }
  byId("signin").hidden = true;
  byId("signed-in").hidden = false;
  byId("caller").hidden = false;
  keepRoles(budget.roles);
  showOperations();
  const who = say("who", budget);
  byId("caller").replaceChildren(
    make("span", { title: who }, who),
    make("button", { type: "button", class: "quiet", onclick: () => (dropToken(), location.reload()) }, say("sign_out")),
  );
  await begin(budget);
}

function show(reason) {
  byId("signed-in").hidden = true;
  byId("caller").hidden = true;
  byId("signin").hidden = false;
  if (reason) byId("signin-reason").textContent = reason;
}

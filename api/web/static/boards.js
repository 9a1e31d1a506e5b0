// Who is signed in to this tab already need not paste the token again. Without this script the form does the same.

import { byId } from "./dom.js";
import { takeToken } from "./session.js";

const token = takeToken();
const wasRefused = new URLSearchParams(location.search).has("refused");
const form = byId("sign-in");

// Once for this page: a token that is not accepted comes back to the form.
if (token && !wasRefused && sessionStorage.getItem("kohort-boards-tried") !== token) {
  sessionStorage.setItem("kohort-boards-tried", token);
  byId("token").value = token;
  form.requestSubmit();
}

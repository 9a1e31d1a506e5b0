// Who is signed in, and the API as functions. The token stays in this tab: never in an address, never in a log.

import { explained, wholeMessage } from "./problems.js";
import { say } from "./words.js";

const KEY = "kohort-token";
const ROLES = "kohort-roles";
const PROJECT = "kohort-project";
const AWAY = ["offline", "server-stopping"];
/** What stands before a server answers so where there is none behind it. */
const GATEWAY = [502, 503, 504];

export class Refusal extends Error {
  constructor(given, retryAfter) {
    const problem = { ...given, detail: given.detail || given.title || say("no_reason") };
    super(wholeMessage(problem));
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Whether the server was not there, or is about to go, so that the same may be asked again. */
  get isAway() {
    return AWAY.includes(this.problem.code);
  }
}

const inAddress = () => /^#token=([A-Za-z0-9._-]+)$/.exec(location.hash);

/** Whether the address carries a token, as a link to sign in does. */
export const hasToken = () => inAddress() !== null;

/** Take the token out of the address, where a link may carry it, and keep it for this tab only. */
export function takeToken() {
  const match = inAddress();
  if (match) {
    sessionStorage.setItem(KEY, match[1]);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY);
}

export function keepToken(token) {
  sessionStorage.setItem(KEY, token.trim());
}

export function dropToken() {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(ROLES);
  sessionStorage.removeItem(PROJECT);
}

/** The project that requests ask in, where one was chosen; null is the token's own. */
export const project = () => sessionStorage.getItem(PROJECT);

export function keepProject(id) {
  if (id) sessionStorage.setItem(PROJECT, id);
  else sessionStorage.removeItem(PROJECT);
}

/** What who has signed in is beside a researcher; for what is shown only, since the server asks again. */
export function keepRoles(roles) {
  sessionStorage.setItem(ROLES, roles.join(" "));
}

export const hasRole = () => Boolean(sessionStorage.getItem(ROLES));

// A page tells what the server says in its own language, which need not be the one that the browser accepts.
const IN_ENGLISH = { "accept-language": "en" };

/** A request with the token, in the project in use; the response as it came, be it a file or a stream. Raises a Refusal. */
export async function ask(path, options = {}) {
  const chosen = project() ? { "kohort-project": project() } : {};
  const token = { authorization: `Bearer ${sessionStorage.getItem(KEY) || ""}` };
  const headers = { ...IN_ENGLISH, ...token, ...chosen, ...options.headers };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal({ code: "offline", detail: say("offline") });
  }
  if (response.ok) return response;
  const none = () => (GATEWAY.includes(response.status) ? { code: "offline", detail: say("offline") } : unreadable());
  const problem = await response.json().then(explained, none);
  throw new Refusal({ status: response.status, ...problem }, response.headers.get("retry-after"));
}

const unreadable = () => ({ code: "unreadable", detail: say("unreadable") });

/** The JSON of an answer. */
async function call(path, options = {}) {
  const response = await ask(path, options);
  if (response.status === 204) return null;
  return response.json().catch(() => {
    throw new Refusal(unreadable());
  });
}

export const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);

export const post = (path, body, signal) =>
  call(path, { method: "POST", body: JSON.stringify(body), signal, headers: { "content-type": "application/json" } });

export const remove = (path) => call(path, { method: "DELETE" });

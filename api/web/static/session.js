// Who is signed in, and the API as functions. The token stays in this tab: never in an address, never in a log.

import { explained, wholeMessage } from "./problems.js";
import { say } from "./words.js";

const KEY = "kohort-token";
const ROLES = "kohort-roles";

export class Refusal extends Error {
  constructor(given, retryAfter) {
    const problem = { ...given, detail: given.detail || given.title || say("no_reason") };
    super(wholeMessage(problem));
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Take the token out of the address, where a link may carry it, and keep it for this tab only. */
export function takeToken() {
  const match = /^#token=([A-Za-z0-9._-]+)$/.exec(location.hash);
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
}

/** What who has signed in is beside a researcher; for what is shown only, since the server asks again. */
export function keepRoles(roles) {
  sessionStorage.setItem(ROLES, roles.join(" "));
}

export const hasRole = () => Boolean(sessionStorage.getItem(ROLES));

/** A request with the token; the response as it came, be it a file or a stream. Raises a Refusal. */
export async function ask(path, options = {}) {
  const headers = { authorization: `Bearer ${sessionStorage.getItem(KEY) || ""}`, ...options.headers };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal({ code: "offline", detail: say("offline") });
  }
  if (response.ok) return response;
  const problem = await response.json().then(explained, () => ({ code: "unreadable", detail: say("unreadable") }));
  throw new Refusal({ status: response.status, ...problem }, response.headers.get("retry-after"));
}

/** The JSON of an answer. */
async function call(path, options = {}) {
  const response = await ask(path, options);
  if (response.status === 204) return null;
  return response.json().catch(() => {
    throw new Refusal({ code: "unreadable", detail: say("unreadable") });
  });
}

export const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);

export const post = (path, body, signal) =>
  call(path, { method: "POST", body: JSON.stringify(body), signal, headers: { "content-type": "application/json" } });

export const remove = (path) => call(path, { method: "DELETE" });

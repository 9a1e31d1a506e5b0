// The API as functions. A problem document becomes a Refusal; nothing else leaves this file but data.

const KEY = "kohort-token";

export class Refusal extends Error {
  constructor(problem, retryAfter) {
    super(problem.detail || problem.title || "the server gave no reason");
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
}

async function call(path, options = {}) {
  const headers = { authorization: `Bearer ${sessionStorage.getItem(KEY) || ""}`, ...options.headers };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal({ code: "offline", detail: "the server does not answer" });
  }
  const body = await response.json().catch(() => ({ code: "unreadable", detail: "the answer cannot be read" }));
  if (!response.ok) throw new Refusal({ status: response.status, ...body }, response.headers.get("retry-after"));
  return body;
}

export const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);

export const post = (path, body, signal) =>
  call(path, { method: "POST", body: JSON.stringify(body), signal, headers: { "content-type": "application/json" } });

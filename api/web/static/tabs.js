// The other tabs of this browser. Each has a document, a token and a project of its own; what they tell each other is
// that somebody signed out, and that the runs of a project are others now.

const channel = new BroadcastChannel("kohort");

/** Tell the other tabs; this one does not hear it. */
export const tellTabs = (name, detail) => channel.postMessage({ name, detail });

/** Runs `act(detail)` when another tab tells of `name`. */
export function fromTabs(name, act) {
  channel.addEventListener("message", ({ data }) => data.name === name && act(data.detail));
}

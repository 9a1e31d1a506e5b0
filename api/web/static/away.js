// A server that is not there, as while it is started anew: what was asked of it is asked again until it is.

/** Milliseconds until it is asked again. */
export const AGAIN = 1500;

/** What `work` gives, once the server is there; `away(refusal)` is told each time that it is not. Raises other refusals,
    and the reason of `signal` where that has ended it. */
export async function untilThere(work, away, signal) {
  while (true) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!error.isAway) throw error;
      away(error);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

// Following a run: its events as they come, and asking again where the connection broke.

import { AGAIN, untilThere } from "../away.js";
import { ask } from "../session.js";

/** Call `moved(name, data)` for each event until the run is done or `signal` ends it, and `lost()` each time that the
    server is not there to tell. Raises other refusals of `ask`. */
export async function follow(id, moved, lost, signal) {
  while (!signal.aborted) {
    const response = await untilThere(() => ask(`/v1/runs/${id}/events`, { signal }), lost, signal);
    for await (const [name, data] of events(response.body)) {
      moved(name, data);
      if (name === "done" && !["queued", "running"].includes(data.state)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** Server-sent events of a stream: their name and what they carry. A broken stream just ends. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  while (true) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    waiting += value;
    const blocks = waiting.split("\n\n");
    waiting = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (field("data")) yield [field("event"), JSON.parse(field("data"))];
    }
  }
}

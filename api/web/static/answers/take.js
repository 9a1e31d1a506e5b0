// Taking an answer along: as files, and as the call that asks for it again.

import { make } from "../dom.js";
import { ask } from "../session.js";
import { say } from "../words.js";
import { curlOf, pythonOf } from "./snippets.js";

const DENSITY = 2;

/** Buttons for one answer, of this title; `svg` is its picture, absent where there is none. */
export function takeAlong(run, step, title, svg) {
  const name = `kohort-${run.number}-${step.number}-${step.kind}`;
  const path = `/v1/runs/${run.id}/answers/${step.number}`;
  const said = make("span", { class: "said", role: "status" });
  const button = (words, act) => make("button", { type: "button", class: "quiet", "aria-label": `${words}: ${title}`, onclick: () => act().catch((error) => (said.textContent = error.message)) }, words);
  const file = (form, words) => button(words, async () => save(`${name}.${form}`, await (await ask(`${path}.${form}`)).blob()));
  const copy = (words, text) => button(words, async () => (said.textContent = await copied(text)));
  return make(
    "div",
    { class: "bar take", role: "group", "aria-label": `${say("take")}: ${title}` },
    file("csv", "CSV"),
    file("parquet", "Parquet"),
    ...(svg ? [button("PNG", async () => save(`${name}.png`, await rastered(svg))), button("SVG", async () => save(`${name}.svg`, new Blob([svg], { type: "image/svg+xml" })))] : []),
    copy(say("copy_curl"), curlOf(run, step)),
    copy(say("copy_python"), pythonOf(run, step)),
    said,
  );
}

/** Copy a text, and what to tell of it; where the clipboard is not open to pages the text is shown. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return say("copied");
  } catch {
    window.prompt(say("copy_by_hand"), text);
    return "";
  }
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The picture as PNG, at twice its size, on white paper. */
async function rastered(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = make("canvas", { width: DENSITY * image.naturalWidth, height: DENSITY * image.naturalHeight });
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

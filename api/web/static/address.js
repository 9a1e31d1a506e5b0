// What of a page stands in its address: `#run=…&project=…`. Without a project it is the reader's own.

import { project } from "./session.js";

const RUN = /^[0-9a-f]{32}$/;
const PROJECT = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The run and the project of the address; null where there is none, or not one that can be. Of a run that cannot be
    `isBroken` tells. */
export function named() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const found = (name, form) => (form.test(fields.get(name) ?? "") ? fields.get(name) : null);
  const run = found("run", RUN);
  return { run, project: found("project", PROJECT), isBroken: fields.has("run") && run === null };
}

/** The address of a run in the project in use, or with null of none. */
export function addressOf(run) {
  const fields = new URLSearchParams({ ...(run ? { run } : {}), ...(project() ? { project: project() } : {}) });
  return fields.size ? `#${fields}` : location.pathname;
}

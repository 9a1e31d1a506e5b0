// The call behind an answer, for a shell and for Python, in the project that asked. The token is never written into them.

import { project } from "../session.js";

/** What is sent for a step, and to which route. */
function callOf(run, step) {
  const { kind, ...asked } = step.asked;
  const document = written(run.document);
  const precision = run.precision ? { precision: run.precision } : {};
  switch (kind) {
    case "overlap":
      return ["overlap", { cohorts: [document, ...asked.others.map(written)], ...precision }];
    case "comparison":
      return ["breakdown", { ...document, by: asked.by, ...precision }];
    default:
      return [kind, { ...document, ...known(asked), ...precision }];
  }
}

const known = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function written(document) {
  const library = Object.keys(document.library ?? {}).length ? { library: document.library } : {};
  return document.text === null || document.text === undefined ? { cohort: document.cohort, ...library } : { text: document.text, ...library };
}

/** A command for a POSIX shell; a comparison is two of them. */
export function curlOf(run, step) {
  const [route, body] = callOf(run, step);
  const bodies = step.kind === "comparison" ? [body, { ...body, ...written(step.asked.other) }] : [body];
  return bodies.map((each) => curl(route, each)).join("\n");
}

function curl(route, body) {
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl -s ${location.origin}/v1/cohorts/${route}`,
    `-H "Authorization: Bearer $KOHORT_TOKEN"`,
    ...(project() ? [`-H "Kohort-Project: ${project()}"`] : []),
    `-H 'Content-Type: application/json'`,
    `-d '${json}'`,
  ].join(" \\\n  ");
}

/** A script for the client `kohort-client`. */
export function pythonOf(run, step) {
  const others = step.asked.others ?? (step.asked.other ? [step.asked.other] : []);
  const names = ["cohort", ...others.map((_, place) => `other_${place + 1}`)];
  const documents = [run.document, ...others].map((document, place) => `${names[place]} = ${literal(document)}`);
  return [
    "import os",
    "",
    "from kohort_client import Client" + (step.kind === "comparison" ? ", compare" : ""),
    "",
    ...documents,
    "",
    `with Client(${python(location.origin)}, token=os.environ["KOHORT_TOKEN"]${inProject()}) as client:`,
    ...asking(run, step, names).map((line) => `    ${line}`),
    "",
  ].join("\n");
}

const inProject = () => (project() ? `, project=${python(project())}` : "");

function asking(run, step, names) {
  const { asked } = step;
  const more = run.precision ? [`precision=${python(run.precision)}`] : [];
  const call = (name, ...values) => `answer = client.${name}(${[...values, ...more].join(", ")})`;
  switch (step.kind) {
    case "breakdown":
      return [call("breakdown", "cohort", ...(asked.by ? [python(asked.by)] : [])), "print(answer.columns())"];
    case "genotypes":
      return [call("genotypes", "cohort", python(asked.variants)), "print(answer.columns())"];
    case "prevalence": {
      const by = asked.by ? [`by=${python(asked.by)}`] : [];
      return [call("prevalence", "cohort", python(asked.first_day), python(asked.last_day), `per=${python(asked.per)}`, ...by), "print(answer.columns())"];
    }
    case "overlap":
      return [call("overlap", `[${names.join(", ")}]`), "print(answer.columns())"];
    case "comparison":
      return [
        `first, second = (client.breakdown(each, ${python(asked.by)}${more.map((word) => `, ${word}`).join("")}) for each in (${names.join(", ")}))`,
        `compare((${python("first")}, first), (${python("second")}, second)).save("comparison.svg")`,
      ];
    case "attrition":
      return [call("attrition", "cohort"), "print(answer.columns())"];
    default:
      return [call("count", "cohort"), "print(answer)"];
  }
}

/** A text of several lines reads best as it is; what Python would read otherwise goes as JSON, which it reads as well. */
function literal(document) {
  const text = document.text ?? JSON.stringify(document.cohort);
  return /"""|\\/.test(text) || text.endsWith('"') ? python(text) : `"""${text}"""`;
}

/** JSON of texts and lists of them is Python, too. */
const python = (value) => JSON.stringify(value);

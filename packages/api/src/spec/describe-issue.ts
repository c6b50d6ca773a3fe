/** An issue of a schema as sentences: what would be right, and what stands there instead. */
import { applicationOptionDocs, deploymentOptionDocs } from "@sluice/contracts";
import type { z } from "zod";
import { echoValue, optionAt } from "./echoed-value.ts";

type Issue = z.core.$ZodIssue;

/** What zod says where a schema has no words of its own. */
const bare = /^(Invalid|Too small|Too big)\b/;

const kinds: Readonly<Record<string, string>> = {
  number: "A number",
  int: "A whole number",
  string: "A text",
  boolean: "`true` or `false`",
  object: "Named fields",
  record: "Names with values",
  array: "A list",
};

/** Words that say all already: what is refused whatever its value is, or the value itself. */
const complete = /\b([Ll]eave|cannot hold)\b/;

export function describeIssue(issue: Issue): string {
  const right = bare.test(issue.message) ? expectation(issue) : issue.message;
  const isJudged =
    Object.hasOwn(issue, "input") && issue.code !== "invalid_key" && (issue.code !== "custom" || isPlain(issue.input));
  return isJudged && !complete.test(right) ? `${right} ${finding(issue)}` : right;
}

function expectation(issue: Issue): string {
  const kind = kindOf(issue);
  const doc = docAt(issue.path);
  if (doc === undefined || issue.code === "invalid_value" || kind === kinds["boolean"]) return `${kind}.`;
  const example = doc.example === "" ? "" : `, for example \`${doc.example}\``;
  if (doc.range === "the fields below") return `${kind}${example}.`;
  return `${kind === other || doc.range.startsWith("a ") ? capital(doc.range) : `${kind}: ${doc.range}`}${example}.`;
}

const other = "Another value";

function kindOf(issue: Issue): string {
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? other;
  if (issue.code === "invalid_value") return `One of ${issue.values.map((value) => `\`${String(value)}\``).join(", ")}`;
  if (issue.code === "too_small") return `${issue.inclusive === false ? "More than" : "At least"} ${issue.minimum}`;
  if (issue.code === "too_big") return `${issue.inclusive === false ? "Less than" : "At most"} ${issue.maximum}`;
  return other;
}

function docAt(path: readonly PropertyKey[]): { readonly range: string; readonly example: string } | undefined {
  const { name, isDeployment } = optionAt(path);
  const found = (isDeployment ? deploymentOptionDocs : applicationOptionDocs).find((doc) => doc.name === name);
  return found === undefined || found.range === "" ? undefined : found;
}

/** Of a rule over several fields the whole block would be the value, which says nothing. */
function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function finding(issue: Issue): string {
  return issue.input === undefined ? "It is missing." : `Here it is ${echoValue(issue)}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

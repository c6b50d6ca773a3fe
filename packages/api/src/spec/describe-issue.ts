/** An issue of a schema as sentences: what would be right, and what stands there instead. */
import { applicationOptionDocs, deploymentOptionDocs } from "@sluice/contracts";
import type { z } from "zod";

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

/** Values below these names may be secrets: only their kind is repeated. */
const quiet = new Set(["env", "env_vars", "args", "user_config"]);

/** Words that say all already: what is refused whatever its value is, or the value itself. */
const complete = /\b([Ll]eave|cannot hold)\b/;

export function describeIssue(issue: Issue): string {
  const right = bare.test(issue.message) ? expectation(issue) : issue.message;
  const isJudged =
    Object.hasOwn(issue, "input") && issue.code !== "invalid_key" && (issue.code !== "custom" || isPlain(issue.input));
  return isJudged && !complete.test(right) ? `${right} ${finding(issue.input, issue.path)}` : right;
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
  const isDeployment = path[0] === "deployments" && path.length > 2;
  const name = (isDeployment ? path.slice(2) : path).map(String).join(".");
  const found = (isDeployment ? deploymentOptionDocs : applicationOptionDocs).find((doc) => doc.name === name);
  return found === undefined || found.range === "" ? undefined : found;
}

/** Of a rule over several fields the whole block would be the value, which says nothing. */
function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function finding(value: unknown, path: readonly PropertyKey[]): string {
  return value === undefined ? "It is missing." : `Here it is ${shown(value, path)}.`;
}

function shown(value: unknown, path: readonly PropertyKey[]): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a map of fields";
  if (path.some((part) => quiet.has(String(part))))
    return value === null ? "null" : `a ${kindNames[typeof value] ?? "value"}`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `a ${kindNames[typeof value] ?? "value"}` : text;
}

const kindNames: Readonly<Record<string, string>> = { string: "text", number: "number", boolean: "truth value" };

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Which values an error text may repeat. A spec carries secrets wherever text is free (commands, variables, arguments), and an
 * error is printed, logged and pasted: repeated is only what can hold none, everything else by its kind.
 */
import { applicationOptionDocs, deploymentOptionDocs } from "@sluice/contracts";
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** Short words that name something or choose one of a few. */
const identifiers: ReadonlySet<string> = new Set([
  "name",
  "engine",
  "runtime",
  "autoscaling_config.aggregation_function",
  "ray_actor_options.accelerator_type",
  "placement_group_strategy",
  "logging_config.encoding",
  "logging_config.log_level",
]);

/** An option takes numbers or truth values when its example is one. */
const measure = /^(-?[\d.]+|true|false)$/;

const maxShownChars = 60;

/** The value as text where it may be repeated, else what kind of value it is. */
export function echoValue(issue: Issue): string {
  const value = issue.input;
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map of fields";
  const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  // A number that JSON does not know, such as NaN from YAML, is a number all the same.
  const text = typeof value === "string" ? JSON.stringify(value) : isScalar ? String(value) : "";
  const isShort = text !== "" && text.length <= maxShownChars;
  return isShort && mayRepeat(issue) ? text : `a ${kindNames[typeof value] ?? "value"}`;
}

function mayRepeat(issue: Issue): boolean {
  if (issue.code === "invalid_value" || isListed(optionAt(issue.path))) return true;
  return typeof issue.input !== "string" && takesMeasure(issue);
}

function isListed({ name, isDeployment }: OptionAt): boolean {
  if (identifiers.has(name)) return true;
  const doc = (isDeployment ? deploymentOptionDocs : applicationOptionDocs).find((one) => one.name === name);
  return doc !== undefined && measure.test(doc.example);
}

/** The rule that was broken is one of numbers or truth values. */
function takesMeasure(issue: Issue): boolean {
  if (issue.code === "invalid_type") return ["number", "int", "boolean"].includes(issue.expected);
  return (issue.code === "too_small" || issue.code === "too_big") && ["number", "int"].includes(issue.origin);
}

export interface OptionAt {
  /** As in the table of options: `ray_actor_options.num_cpus`. */
  readonly name: string;
  readonly isDeployment: boolean;
}

export function optionAt(path: readonly PropertyKey[]): OptionAt {
  const isDeployment = path[0] === "deployments" && path.length > 2;
  return { name: (isDeployment ? path.slice(2) : path).map(String).join("."), isDeployment };
}

const kindNames: Readonly<Record<string, string>> = { string: "text", number: "number", boolean: "truth value" };

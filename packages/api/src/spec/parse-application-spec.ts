/**
 * From what was sent (an object, or YAML or JSON text) to a spec that can be applied, or to issues that point at every wrong
 * field at once. Pure. A whole Ray Serve config file is taken, too: the entry with the application's name is used.
 */
import { parseDocument } from "yaml";
import {
  ApplicationSpec,
  explainNames,
  findUnsupportedOptions,
  judgeConfigFile,
  planDescribe,
  withFileLogging,
} from "@sluice/contracts";
import type { DescribeRequest, FieldIssue } from "@sluice/contracts";
import { issuesOfZodError } from "./zod-issues.ts";

export type ParsedSpec =
  | {
      readonly ok: true;
      readonly spec: ApplicationSpec;
      readonly request: DescribeRequest;
      /** What stands beside the application in its file and changes nothing. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

/** `name` null = the name stands in the spec. */
export function parseApplicationSpec(name: string | null, received: unknown): ParsedSpec {
  const document = readDocument(received);
  if (!document.ok) return { ok: false, issues: [document.issue] };
  const entry = pickEntry(name, document.value);
  if (!entry.ok) return entry;
  const { value, prefix } = entry;
  const named = name === null || !isRecord(value) || value["name"] !== undefined ? value : { ...value, name };
  const unsupported = [...entry.issues, ...findUnsupportedOptions(named, prefix)];
  const parsed = ApplicationSpec.safeParse(named, { reportInput: true });
  const issues = parsed.success
    ? unsupported
    : mergeIssues(unsupported, issuesOfZodError(parsed.error, prefix, explainNames));
  if (!parsed.success || issues.length > 0) return { ok: false, issues };
  return judgeWhole(name, parsed.data, prefix, entry.warnings);
}

function judgeWhole(
  name: string | null,
  spec: ApplicationSpec,
  prefix: string,
  warnings: readonly string[],
): ParsedSpec {
  const issues = [...wrongName(name, spec, prefix), ...repeatedDeployments(spec, prefix)];
  const asked = planDescribe(spec);
  if (!asked.ok)
    issues.push(...asked.issues.map((issue) => ({ ...issue, pointer: issue.pointer.replace("#", prefix) })));
  return asked.ok && issues.length === 0 ? { ok: true, spec, request: asked.request, warnings } : { ok: false, issues };
}

function wrongName(name: string | null, spec: ApplicationSpec, prefix: string): FieldIssue[] {
  if (name === null || spec.name === name) return [];
  const detail = `The URL says \`${name}\`, the spec \`${spec.name}\`. Make them equal or leave \`name\` out.`;
  return [{ pointer: `${prefix}/name`, detail }];
}

function repeatedDeployments(spec: ApplicationSpec, prefix: string): FieldIssue[] {
  const seen = new Set<string>();
  return spec.deployments.flatMap((deployment, index) => {
    const isRepeated = seen.has(deployment.name);
    seen.add(deployment.name);
    if (!isRepeated) return [];
    const detail = `\`${deployment.name}\` is there already. Write each deployment once.`;
    return [{ pointer: `${prefix}/deployments/${index}/name`, detail }];
  });
}

type Document = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issue: FieldIssue };

/** Text is YAML, of which JSON is a part. */
function readDocument(received: unknown): Document {
  if (typeof received !== "string") return { ok: true, value: received };
  const document = parseDocument(received, { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [where] = error.linePos ?? [];
    const line = where === undefined ? "" : ` (line ${where.line}, column ${where.col})`;
    const detail = `This is not valid YAML or JSON${line}: ${withoutSource(error.message)}`;
    return { ok: false, issue: { pointer: "#", detail } };
  }
  try {
    // Aliases that expand without end ("billion laughs") throw here.
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? withoutSource(error.message) : "unknown reason";
    const detail = `This YAML cannot be read: ${reason}`;
    return { ok: false, issue: { pointer: "#", detail } };
  }
}

/** After a colon the parser quotes the text it stumbled over, which may be a secret; the place is said by its line. */
function withoutSource(message: string): string {
  const [sentence = ""] = message.split("\n");
  return sentence.replace(/(?<=\S):(\s.*)?$/, "").replace(/ at line \d+, column \d+$/, "") || "It cannot be read.";
}

type Entry =
  | {
      readonly ok: true;
      readonly value: unknown;
      readonly prefix: string;
      readonly issues: readonly FieldIssue[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly issues: FieldIssue[] };

function pickEntry(name: string | null, value: unknown): Entry {
  if (!isRecord(value)) {
    return {
      ok: false,
      issues: [{ pointer: "#", detail: "An application spec is an object with `import_path` or a model." }],
    };
  }
  if (!Array.isArray(value["applications"])) return { ok: true, value, prefix: "#", issues: [], warnings: [] };
  const entries = value["applications"] as unknown[];
  const index = entries.findIndex((entry) => isRecord(entry) && entry["name"] === name);
  const chosen = index === -1 && entries.length === 1 ? 0 : index;
  if (chosen === -1) {
    const detail =
      name === null ? "Send one application at a time." : `None of these applications is named \`${name}\`.`;
    return { ok: false, issues: [{ pointer: "#/applications", detail }] };
  }
  const file = judgeConfigFile(value);
  const application = entries[chosen];
  return {
    ok: true,
    value: isRecord(application) ? withFileLogging(application, file) : application,
    prefix: `#/applications/${chosen}`,
    issues: file.issues,
    warnings: file.warnings,
  };
}

/** Of two issues at one field the explanation of an unsupported option says more than the schema does. */
function mergeIssues(explained: readonly FieldIssue[], plain: readonly FieldIssue[]): FieldIssue[] {
  const known = new Set(explained.map((issue) => issue.pointer));
  return [...explained, ...plain.filter((issue) => !known.has(issue.pointer))];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

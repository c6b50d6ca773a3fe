import { SluiceError } from "@sluice/contracts";
import type { ApplicationSpec, BundleDescription, DescribeRequest, FieldIssue } from "@sluice/contracts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { parseApplicationSpec } from "../../spec/parse-application-spec.ts";
import { findKnownDescription, findStoredIssues, judgeOptions } from "./find-spec-issues.ts";

export interface AcceptedSpec {
  readonly spec: ApplicationSpec;
  readonly request: DescribeRequest;
  /** Null = a node has to look first. */
  readonly description: BundleDescription | null;
  /** What stands beside the application in its file and changes nothing. */
  readonly warnings: readonly string[];
}

/** A spec that may be applied; otherwise 422 with every issue. */
export async function requireSpec(deps: ApiDeps, name: string, received: unknown): Promise<AcceptedSpec> {
  const parsed = parseApplicationSpec(name, received);
  if (!parsed.ok) throw invalidSpec(name, parsed.issues);
  const { spec, request } = parsed;
  const issues = await findStoredIssues(deps, spec, request);
  const description = await findKnownDescription(deps.db, request);
  if (description !== null) issues.push(...judgeOptions(spec, description).issues);
  if (issues.length > 0) throw invalidSpec(name, issues);
  return { spec, request, description, warnings: parsed.warnings };
}

export function invalidSpec(name: string, issues: readonly FieldIssue[]): SluiceError {
  const [first] = issues;
  const others = issues.length - 1;
  const rest = others === 0 ? "" : ` (and ${others} more)`;
  const publicMessage = `The spec of \`${name}\` is not valid. ${first?.pointer ?? "#"}: ${first?.detail ?? ""}${rest}`;
  return new SluiceError({ code: "spec/invalid", publicMessage, issues });
}

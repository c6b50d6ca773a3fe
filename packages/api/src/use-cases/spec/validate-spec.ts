import type { FieldIssue, SpecValidation } from "@sluice/contracts";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { parseApplicationSpec } from "../../spec/parse-application-spec.ts";
import { findKnownDescription, findRouteIssue, findStoredIssues, judgeOptions } from "./find-spec-issues.ts";

/** For a form that checks while its user types: answers issues, never fails because of them. */
export async function validateSpec(
  deps: ApiDeps,
  principal: Principal,
  input: { spec: unknown },
): Promise<SpecValidation> {
  authorize(principal, "read", { type: "spec", id: null });
  const parsed = parseApplicationSpec(null, input.spec);
  if (!parsed.ok) {
    const issues = [...parsed.issues, ...(await routeIssueOfRaw(deps, input.spec, parsed.issues))];
    return { issues: issues.map((issue) => ({ ...issue })), warnings: [] };
  }
  const { spec, request } = parsed;
  const issues = await findStoredIssues(deps, spec, request);
  const description = issues.length === 0 ? await findKnownDescription(deps.db, request) : null;
  const judged = description === null ? { issues: [], warnings: [] } : judgeOptions(spec, description);
  const unrouted = spec.route_prefix === null ? ["Without a route prefix no gateway serves this application."] : [];
  return {
    issues: [...issues, ...judged.issues].map((issue) => ({ ...issue })),
    warnings: [...unrouted, ...parsed.warnings, ...judged.warnings.map(({ detail }) => detail)],
  };
}

/** A taken route is said even while other fields are still wrong. */
async function routeIssueOfRaw(deps: ApiDeps, raw: unknown, known: readonly FieldIssue[]): Promise<FieldIssue[]> {
  if (typeof raw !== "object" || raw === null || known.some((issue) => issue.pointer === "#/route_prefix")) return [];
  const { name, route_prefix: route } = raw as { name?: unknown; route_prefix?: unknown };
  return typeof route === "string" ? await findRouteIssue(deps, typeof name === "string" ? name : "", route) : [];
}

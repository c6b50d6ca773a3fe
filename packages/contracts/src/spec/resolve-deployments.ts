/**
 * Lays defaults, code and spec over each other (in that order, the last wins) and says what does not fit together.
 * Pure: the API calls it when the description is known at PUT, the controller when a node delivers it later.
 */
import type { FieldIssue } from "../error.ts";
import type { ApplicationSpec } from "./application-spec.ts";
import type { BundleDescription } from "./bundle-description.ts";
import { findMisfits } from "./find-misfits.ts";
import type { OptionIssue } from "./option-conflicts.ts";
import { resolveDeployment } from "./resolve-deployment.ts";
import type { ResolvedDeployment } from "./resolved-deployment.ts";

export type Resolution =
  | {
      readonly ok: true;
      readonly deployments: readonly ResolvedDeployment[];
      readonly ingress: string;
      /** What is taken in another way than it is written. */
      readonly warnings: readonly FieldIssue[];
    }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

type Spec = Pick<ApplicationSpec, "deployments" | "runtime_env"> &
  Partial<Pick<ApplicationSpec, "logging_config" | "external_scaler_enabled">>;

export function resolveDeployments(spec: Spec, description: BundleDescription): Resolution {
  const misfits = findMisfits(spec, description);
  if (misfits.length > 0) return { ok: false, issues: misfits };
  const resolved = description.deployments.map((described) => {
    const index = spec.deployments.findIndex((deployment) => deployment.name === described.options.name);
    const override = spec.deployments[index];
    const one = resolveDeployment(described, override ?? { name: described.options.name }, spec);
    const point = ({ path, detail }: OptionIssue): FieldIssue => ({
      pointer: pointerTo(index, override, path),
      detail,
    });
    const name = described.options.name;
    return {
      deployment: one.deployment,
      issues: one.issues.map(point),
      warnings: one.warnings.map(point).map((warning) => ({ ...warning, detail: `${name}: ${warning.detail}` })),
    };
  });
  const issues = resolved.flatMap((one) => one.issues);
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    ingress: description.ingress,
    deployments: resolved.map((one) => one.deployment),
    warnings: resolved.flatMap((one) => one.warnings),
  };
}

/** What only the code says has no place in the spec: then the nearest that has. */
function pointerTo(index: number, override: object | undefined, path: readonly PropertyKey[]): string {
  if (override === undefined) return "#/deployments";
  const parts = [`#/deployments/${index}`];
  let level: unknown = override;
  for (const key of path) {
    // A field that is missed is named where it belongs, its block must be there.
    if (typeof level !== "object" || level === null || (level === override && !(key in override))) break;
    parts.push(String(key).replaceAll("~", "~0").replaceAll("/", "~1"));
    level = (level as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return parts.join("/");
}

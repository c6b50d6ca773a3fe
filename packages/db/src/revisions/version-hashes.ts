import { createHash } from "node:crypto";
import { nameModelDeployment, planDescribe, resolveDeployments } from "@sluice/contracts";
import type {
  ApplicationSpec,
  BundleDescription,
  DescribeRequest,
  FieldIssue,
  ResolvedDeployment,
} from "@sluice/contracts";
import { canonicalJson, reconfigureVersionInput, restartVersionInput } from "@sluice/domain";

/** One deployment of a revision with what decides its pool. */
export interface VersionedDeployment {
  readonly resolved: ResolvedDeployment;
  readonly ingress: boolean;
  readonly version: string;
  readonly reconfigureHash: string;
}

export type RevisionDeployments =
  | {
      readonly ok: true;
      readonly description: BundleDescription;
      readonly deployments: readonly VersionedDeployment[];
      /** What is taken in another way than it is written. */
      readonly warnings: readonly FieldIssue[];
    }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

/** Key of the cached description: sha256 of the canonical JSON of the request. */
export function describeKey(request: DescribeRequest): string {
  return sha256(canonicalJson(request));
}

/** sha256 of the canonical JSON of a spec: equal hashes are an unchanged spec. */
export function specHash(spec: ApplicationSpec): string {
  return sha256(canonicalJson(spec));
}

/** The deployments of a described spec, with the hashes that pools are found by. */
export function planRevisionDeployments(spec: ApplicationSpec, described: BundleDescription): RevisionDeployments {
  const asked = planDescribe(spec);
  if (!asked.ok) return asked;
  const description = nameModelDeployment(spec, described);
  const resolution = resolveDeployments(spec, description);
  if (!resolution.ok) return resolution;
  const isModel = asked.request.runtime === "onnx";
  const code = {
    // A model deployment names its bundle itself, in `model`.
    bundle: isModel ? "" : asked.request.bundle,
    importPath: isModel ? "" : asked.request.importPath,
    args: spec.args,
    envVars: spec.runtime_env.env_vars ?? {},
  };
  return {
    ok: true,
    description,
    warnings: resolution.warnings,
    deployments: resolution.deployments.map((resolved) => ({
      resolved,
      ingress: resolved.name === resolution.ingress,
      version: sha256(restartVersionInput(code, resolved)),
      reconfigureHash: sha256(reconfigureVersionInput(resolved)),
    })),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

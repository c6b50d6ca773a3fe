import { SluiceError } from "@sluice/contracts";
import type { BundleDescription, DescribeRequest } from "@sluice/contracts";
import type { Bundle } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { DescribeBundleInput } from "../api-use-cases.ts";
import { findKnownDescription } from "../spec/find-spec-issues.ts";
import { findBundle } from "./read-bundles.ts";

/** How long a caller waits for a node to look into a bundle. */
export const describeWaitMs = 30_000;

export async function describeBundle(
  deps: ApiDeps,
  principal: Principal,
  input: DescribeBundleInput,
): Promise<BundleDescription> {
  authorize(principal, "read", { type: "bundle", id: input.sha256 });
  const bundle = await findBundle(deps, input.sha256);
  const looked = await lookInto(deps, requestOf(bundle, input), describeWaitMs);
  if (looked.description !== null) return looked.description;
  throw new SluiceError({
    code: looked.hasFailed ? "bundle/invalid" : "controller/unavailable",
    publicMessage: looked.error ?? "No node answered.",
  });
}

export interface Looked {
  readonly description: BundleDescription | null;
  /** Why there is none: what the node said, or why none was asked. */
  readonly error: string | null;
  /** True when a node looked and failed. */
  readonly hasFailed: boolean;
}

/** The known description, or a fresh one from a node. */
export async function lookInto(deps: ApiDeps, request: DescribeRequest, timeoutMs: number): Promise<Looked> {
  const known = await findKnownDescription(deps.db, request);
  if (known !== null) return { description: known, error: null, hasFailed: false };
  const { result, reason } = await deps.controller.describe(request, timeoutMs);
  if (result === null) return { description: null, error: reason, hasFailed: false };
  return result.ok
    ? { description: result.description, error: null, hasFailed: false }
    : { description: null, error: result.message, hasFailed: true };
}

function requestOf(bundle: Bundle, input: DescribeBundleInput): DescribeRequest {
  const runtime = input.runtime ?? (bundle.kind === "file" ? "onnx" : "node");
  const importPath = input.importPath ?? "";
  if (importPath === "" && bundle.kind === "zip") {
    const detail = "A zip needs it: `module:attribute` for code, or the path of the .onnx file with runtime `onnx`.";
    throw new SluiceError({
      code: "spec/invalid",
      publicMessage: `import_path: ${detail}`,
      issues: [{ pointer: "#/import_path", detail }],
    });
  }
  const isCode = runtime === "node";
  return {
    runtime,
    bundle: bundle.sha256,
    importPath: bundle.kind === "file" ? "" : importPath,
    args: isCode ? (input.args as DescribeRequest["args"]) : {},
    envVars: isCode ? input.envVars : {},
  };
}

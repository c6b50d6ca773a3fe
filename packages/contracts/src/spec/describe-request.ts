/**
 * What a node has to look at so that the deployments of a spec become known. Pure and deterministic in the spec, so that the
 * API and the controller ask for the same thing.
 */
import type { FieldIssue } from "../error.ts";
import type { ApplicationSpec } from "./application-spec.ts";
import type { BundleDescription, DescribeRequest } from "./bundle-description.ts";
import { isProcessDeployment, processIssues, strayProcessIssues } from "./process-application.ts";

export type DescribePlan =
  | { readonly ok: true; readonly request: DescribeRequest }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

/** `bundle:<sha256>/dir/model.onnx` -> its hash and the file inside ("" for a bundle that is one file). */
export function parseBundleRef(ref: string): { readonly sha256: string; readonly file: string } {
  const [sha256 = "", ...rest] = ref.slice("bundle:".length).split("/");
  return { sha256, file: rest.join("/") };
}

/**
 * With an import path it is code (`node`); without one, a command (`process`) or a model (`onnx`). Nothing else is
 * ambiguous enough to guess.
 */
export function planDescribe(
  spec: Pick<ApplicationSpec, "import_path" | "runtime_env" | "args" | "deployments">,
): DescribePlan {
  const isProcess = spec.import_path === undefined && spec.deployments.some(isProcessDeployment);
  if (isProcess) return planProcess(spec);
  const issues = spec.import_path === undefined ? modelIssues(spec) : codeIssues(spec);
  if (issues.length > 0) return { ok: false, issues };
  const envVars = spec.runtime_env.env_vars ?? {};
  if (spec.import_path !== undefined) {
    const { sha256 } = parseBundleRef(spec.runtime_env.working_dir ?? "");
    return {
      ok: true,
      request: { runtime: "node", bundle: sha256, importPath: spec.import_path, args: spec.args, envVars },
    };
  }
  const { sha256, file } = parseBundleRef(spec.deployments[0]?.model ?? spec.runtime_env.working_dir ?? "");
  return { ok: true, request: { runtime: "onnx", bundle: sha256, importPath: file, args: {}, envVars: {} } };
}

function planProcess(spec: Parameters<typeof planDescribe>[0]): DescribePlan {
  const issues = processIssues(spec);
  if (issues.length > 0) return { ok: false, issues };
  const { sha256 } = parseBundleRef(spec.runtime_env.working_dir ?? "");
  // Arguments and environment are nothing that a description could depend on.
  return { ok: true, request: { runtime: "process", bundle: sha256, importPath: "", args: {}, envVars: {} } };
}

function codeIssues(spec: Pick<ApplicationSpec, "runtime_env" | "deployments">): FieldIssue[] {
  const issues: FieldIssue[] = strayProcessIssues(spec.deployments);
  if (spec.runtime_env.working_dir === undefined) {
    issues.push({
      pointer: "#/runtime_env/working_dir",
      detail: "Needed to find `import_path`: upload the code as a bundle and write `bundle:<sha256>`.",
    });
  }
  for (const [index, deployment] of spec.deployments.entries()) {
    if (deployment.model !== undefined) {
      issues.push({
        pointer: `#/deployments/${index}/model`,
        detail: "A model file is served by an application without `import_path`. Leave one of the two out.",
      });
    }
    if (deployment.runtime === "onnx" || deployment.runtime === "process") {
      const other = deployment.runtime === "onnx" ? "a model file" : "a command";
      issues.push({
        pointer: `#/deployments/${index}/runtime`,
        detail: `With \`import_path\` the runtime is \`node\`. For ${other} leave \`import_path\` out.`,
      });
    }
  }
  return issues;
}

function modelIssues(spec: Pick<ApplicationSpec, "runtime_env" | "deployments">): FieldIssue[] {
  const [first, ...others] = spec.deployments;
  const issues: FieldIssue[] = others.map((_, index) => ({
    pointer: `#/deployments/${index + 1}`,
    detail:
      "An application without `import_path` is one model: one deployment. Make another application, or give code.",
  }));
  issues.push(...strayProcessIssues(spec.deployments));
  if (first?.runtime === "node") {
    issues.push({
      pointer: "#/import_path",
      detail: "The runtime `node` needs it: `module:attribute`, for example `app:app`.",
    });
  } else if (first?.model === undefined && spec.runtime_env.working_dir === undefined) {
    issues.push({
      pointer: first === undefined ? "#/import_path" : "#/deployments/0/model",
      detail:
        "Nothing to run: give `import_path` with a bundle of code, or a deployment with `model: bundle:<sha256>`.",
    });
  }
  return issues;
}

/** A model or a program has no code that names its deployment: the spec does. */
export function nameModelDeployment(
  spec: Pick<ApplicationSpec, "import_path" | "deployments">,
  description: BundleDescription,
): BundleDescription {
  const name = spec.deployments[0]?.name;
  const [only] = description.deployments;
  if (spec.import_path !== undefined || name === undefined || only === undefined) return description;
  return { ingress: name, deployments: [{ ...only, options: { ...only.options, name } }] };
}

/** An application that is one program: what its spec may say, and what is known of it without asking a node. */
import type { FieldIssue } from "../error.ts";
import type { ApplicationSpec } from "./application-spec.ts";
import type { BundleDescription, DescribeRequest } from "./bundle-description.ts";
import type { DeploymentSpec } from "./deployment-options.ts";

type Spec = Pick<ApplicationSpec, "import_path" | "runtime_env" | "args" | "deployments">;

/** Written so, or meant so: a `process` block without a runtime is one that forgot to say so. */
export function isProcessDeployment({ runtime, process }: DeploymentSpec): boolean {
  return runtime === "process" || (runtime === undefined && process !== undefined);
}

/** What is wrong with an application of one program. */
export function processIssues(spec: Spec): FieldIssue[] {
  const [first, ...others] = spec.deployments;
  const issues: FieldIssue[] = others.map((_, index) => ({
    pointer: `#/deployments/${index + 1}`,
    detail:
      "An application of the runtime `process` is one deployment: programs cannot call each other by handles. Make an application of each.",
  }));
  if (first === undefined) return issues;
  const at = "#/deployments/0";
  if (first.process === undefined) {
    const detail = "The runtime `process` needs `command`, for example {command: [python3, server.py, '{port}']}.";
    issues.push({ pointer: `${at}/process`, detail });
  }
  if (first.model !== undefined) {
    issues.push({
      pointer: `${at}/model`,
      detail: "A program finds its files in the bundle of `working_dir`. Leave `model` out.",
    });
  }
  if (Object.keys(spec.args).length > 0) {
    issues.push({ pointer: "#/args", detail: "A program gets its arguments in `process.command`. Leave `args` out." });
  }
  return [
    ...issues,
    ...takenNames(first.process?.env ?? {}, `${at}/process/env`),
    ...takenNames(spec.runtime_env.env_vars ?? {}, "#/runtime_env/env_vars"),
    ...takenNames(first.ray_actor_options?.runtime_env?.env_vars ?? {}, `${at}/ray_actor_options/runtime_env/env_vars`),
  ];
}

/** `process` blocks of deployments that are no programs. */
export function strayProcessIssues(deployments: readonly DeploymentSpec[]): FieldIssue[] {
  return deployments.flatMap((deployment, index) =>
    deployment.process === undefined
      ? []
      : [
          {
            pointer: `#/deployments/${index}/process`,
            detail:
              "Only the runtime `process` starts a command; an application of it has no `import_path`. Leave it out.",
          },
        ],
  );
}

/** The description of a program, which nobody has to look into; null for what a node has to look at. */
export function describeWithoutNode(request: DescribeRequest): BundleDescription | null {
  if (request.runtime !== "process") return null;
  const name = "process";
  return {
    ingress: name,
    deployments: [{ options: { name, runtime: "process" }, outbound: [], methods: ["fetch"], hooks: [] }],
  };
}

/** Variables that Sluice sets itself, so that a value of the user's could not take effect. */
function takenNames(env: Readonly<Record<string, string>>, pointer: string): FieldIssue[] {
  return Object.keys(env).flatMap((name) => {
    const meaning = takenNameMeaning(name);
    return meaning === null ? [] : [{ pointer: `${pointer}/${name}`, detail: `${meaning} Leave it out.` }];
  });
}

function takenNameMeaning(name: string): string | null {
  if (name === "PORT") return "Sluice sets `PORT` to the port to listen on; another name can be set to `{port}`.";
  if (name === "CUDA_VISIBLE_DEVICES") return "Sluice sets it to the GPUs that `num_gpus` reserved.";
  return name.startsWith("SLUICE_") ? "Names that begin with `SLUICE_` belong to Sluice." : null;
}

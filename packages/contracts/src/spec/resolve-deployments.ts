/**
 * Lays defaults, code and spec over each other (in that order, the last wins) and says what does not fit together.
 * Pure: the API calls it when the description is known at PUT, the controller when a node delivers it later.
 */
import type { FieldIssue } from "../error.ts";
import type { ApplicationSpec } from "./application-spec.ts";
import type { BundleDescription, DescribedDeployment } from "./bundle-description.ts";
import { modelOngoingRequests, strayModelOptions } from "./onnx-spec.ts";
import { deploymentDefaults } from "./deployment-options.ts";
import type { DeploymentSpec, ResolvedDeployment } from "./deployment-options.ts";

export type Resolution =
  | { readonly ok: true; readonly deployments: readonly ResolvedDeployment[]; readonly ingress: string }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

export function resolveDeployments(
  spec: Pick<ApplicationSpec, "deployments" | "runtime_env">,
  description: BundleDescription,
): Resolution {
  const issues = findMisfits(spec, description);
  if (issues.length > 0) return { ok: false, issues };
  const overrides = new Map(spec.deployments.map((deployment) => [deployment.name, deployment]));
  return {
    ok: true,
    ingress: description.ingress,
    deployments: description.deployments.map((described) =>
      resolveOne(described, overrides.get(described.options.name), spec.runtime_env.working_dir),
    ),
  };
}

function resolveOne(
  described: DescribedDeployment,
  override: DeploymentSpec | undefined,
  workingDir: string | undefined,
): ResolvedDeployment {
  const code = described.options;
  const runtime = override?.runtime ?? code.runtime ?? (described.inputs === undefined ? "node" : "onnx");
  const model = override?.model ?? code.model ?? (runtime === "onnx" ? ownModel(described, workingDir) : undefined);
  const merged = { ...deploymentDefaults, ...definedOf(code), ...definedOf(override ?? { name: code.name }) };
  const ongoing = override?.max_ongoing_requests ?? code.max_ongoing_requests;
  return {
    ...merged,
    ...(runtime === "onnx" && ongoing === undefined
      ? { max_ongoing_requests: modelOngoingRequests(merged.batching) }
      : {}),
    name: code.name,
    runtime,
    ...(model === undefined ? {} : { model }),
    ray_actor_options: {
      num_cpus: deploymentDefaults.ray_actor_options.num_cpus,
      num_gpus: deploymentDefaults.ray_actor_options.num_gpus,
      memory: deploymentDefaults.ray_actor_options.memory,
      ...definedOf(code.ray_actor_options ?? {}),
      ...definedOf(override?.ray_actor_options ?? {}),
      resources: override?.ray_actor_options?.resources ?? code.ray_actor_options?.resources ?? {},
    },
  };
}

/** The model inside the application's own bundle: the named file, or the only one. */
function ownModel({ modelFile }: DescribedDeployment, workingDir: string | undefined): string | undefined {
  return workingDir === undefined || modelFile === undefined ? workingDir : `${workingDir}/${modelFile}`;
}

/** The fields that are set; `undefined` must not overwrite what lies below. */
function definedOf<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function findMisfits(spec: Pick<ApplicationSpec, "deployments">, description: BundleDescription): FieldIssue[] {
  const known = new Map(description.deployments.map((deployment) => [deployment.options.name, deployment]));
  return spec.deployments.flatMap((override, index) => {
    const described = known.get(override.name);
    const pointer = `#/deployments/${index}`;
    if (described === undefined) {
      const names = [...known.keys()].map((name) => `\`${name}\``).join(", ");
      return [
        {
          pointer: `${pointer}/name`,
          detail: `The application has no deployment \`${override.name}\`. It has ${names}.`,
        },
      ];
    }
    const isModel = (override.runtime ?? described.options.runtime) === "onnx" || described.inputs !== undefined;
    return [
      ...(isModel ? [] : strayModelOptions(override, pointer)),
      ...userConfigIssues(described, override, `${pointer}/user_config`),
    ];
  });
}

function userConfigIssues(described: DescribedDeployment, override: DeploymentSpec, pointer: string): FieldIssue[] {
  if (override.user_config === undefined || override.user_config === null) return [];
  const why = whyNoUserConfig(described, override);
  return why === null ? [] : [{ pointer, detail: `\`${override.name}\` ${why}` }];
}

/** A model runs no code; code says which hooks it has. An older description without hooks is given the benefit. */
function whyNoUserConfig({ inputs, options, hooks }: DescribedDeployment, override: DeploymentSpec): string | null {
  if (options.runtime === "process") {
    return "runs a program, which gets its settings in `process.command` and `process.env`. Leave `user_config` out.";
  }
  if (inputs !== undefined || (override.runtime ?? options.runtime) === "onnx") {
    return "runs a model file, which has no code that could take it. Leave `user_config` out.";
  }
  if (hooks === undefined || hooks.includes("reconfigure")) return null;
  return "has no method `reconfigure(config)` that could take it. Add one, or leave `user_config` out.";
}

import type { ResolvedActorOptions } from "./actor-options.ts";
import type { DeploymentSpec } from "./deployment-options.ts";
import { deploymentDefaults } from "./resolved-deployment.ts";

type Layer = Pick<DeploymentSpec, "ray_actor_options" | "placement_group_bundles">;

/** Field by field, the spec over the code. Beside bundles the CPUs of rank 0 are those of bundle 0 unless said otherwise. */
export function resolveActorOptions(code: Layer, spec: Layer): ResolvedActorOptions {
  const [below, above] = [code.ray_actor_options ?? {}, spec.ray_actor_options ?? {}];
  const bundles =
    spec.placement_group_bundles === undefined ? code.placement_group_bundles : spec.placement_group_bundles;
  const cpus = bundles?.[0] === undefined ? deploymentDefaults.ray_actor_options.num_cpus : (bundles[0]["CPU"] ?? 0);
  return {
    num_cpus: above.num_cpus ?? below.num_cpus ?? cpus,
    num_gpus: above.num_gpus ?? below.num_gpus ?? 0,
    memory: above.memory ?? below.memory ?? 0,
    resources: above.resources ?? below.resources ?? {},
    accelerator_type: pick(above.accelerator_type, below.accelerator_type) ?? null,
    label_selector: pick(above.label_selector, below.label_selector) ?? {},
    fallback_strategy: pick(above.fallback_strategy, below.fallback_strategy) ?? [],
  };
}

/** Null in the spec takes away what the code says; unset leaves it. */
function pick<T>(above: T | undefined, below: T | undefined): T | undefined {
  return above === undefined ? below : above;
}

/** The deployment's own variables, key by key. */
export function resolveEnvVars(code: Layer, spec: Layer): Record<string, string> {
  return {
    ...code.ray_actor_options?.runtime_env?.env_vars,
    ...spec.ray_actor_options?.runtime_env?.env_vars,
  };
}

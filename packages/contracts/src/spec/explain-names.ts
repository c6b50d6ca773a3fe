/** Which names a block of a spec takes, for whoever wrote another one there. */
import { LabelFallback, RayActorOptions } from "./actor-options.ts";
import { ApplicationSpec } from "./application-spec.ts";
import { AutoscalingConfig, AutoscalingSchedule } from "./autoscaling-config.ts";
import { BackpressureConfig } from "./backpressure-config.ts";
import { DeploymentSpec } from "./deployment-options.ts";
import { LoggingConfig } from "./logging-config.ts";
import { nearestName } from "./nearest-name.ts";
import { BatchingSpec } from "./onnx-spec.ts";
import { PlacementFallback } from "./placement-options.ts";
import { ProcessSpec } from "./process-spec.ts";
import { RequestRouterConfig } from "./request-router-config.ts";
import { RuntimeEnv } from "./runtime-env.ts";

/** What Sluice adds to Ray Serve's names of an application and of a deployment. */
export const ownApplicationNames = ["engine"] as const;
export const ownDeploymentNames = [
  "runtime",
  "model",
  "process",
  "batching",
  "execution_providers",
  "vram_bytes",
] as const;

const blocks: ReadonlyMap<PropertyKey, readonly string[]> = new Map(
  Object.entries({
    runtime_env: RuntimeEnv,
    process: ProcessSpec,
    batching: BatchingSpec,
    ray_actor_options: RayActorOptions,
    autoscaling_config: AutoscalingConfig,
    schedules: AutoscalingSchedule,
    backpressure_config: BackpressureConfig,
    logging_config: LoggingConfig,
    request_router_config: RequestRouterConfig,
    placement_group_fallback_strategy: PlacementFallback,
    fallback_strategy: LabelFallback,
  }).map(([name, schema]) => [name, Object.keys(schema.shape)]),
);

/** `path` leads to the block in an application spec: `["deployments", 0, "batching"]`; `written` is the name that is none. */
export function explainNames(path: readonly PropertyKey[], written = ""): string {
  const block = path.findLast((part) => typeof part === "string");
  const names = block === undefined ? undefined : blocks.get(block);
  const known = names ?? Object.keys((block === undefined ? ApplicationSpec : DeploymentSpec).shape);
  const meant = nearestName(written, known);
  if (meant !== null) return `Did you mean \`${meant}\`?`;
  if (names !== undefined) return `\`${String(block)}\` takes ${quoted(names)}.`;
  const [what, own] =
    block === undefined
      ? (["an application", ownApplicationNames] as const)
      : (["a deployment", ownDeploymentNames] as const);
  return `Check the spelling; the names of ${what} are those of Ray Serve, and ${quoted(own)}.`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** Which names a block of a spec takes, for whoever wrote another one there. */
import { RayActorOptions } from "./actor-options.ts";
import { BatchingSpec } from "./onnx-spec.ts";
import { ProcessSpec } from "./process-spec.ts";
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

/** Blocks with few names, which are told all. */
const blocks: ReadonlyMap<PropertyKey, readonly string[]> = new Map(
  Object.entries({
    runtime_env: RuntimeEnv,
    process: ProcessSpec,
    batching: BatchingSpec,
    ray_actor_options: RayActorOptions,
  }).map(([name, schema]) => [name, Object.keys(schema.shape)]),
);

/** `path` leads to the block in an application spec: `["deployments", 0, "batching"]`. */
export function explainNames(path: readonly PropertyKey[]): string {
  const block = path.at(-1);
  const names = block === undefined ? undefined : blocks.get(block);
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

import { describe, expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import { RayActorOptions } from "./actor-options.ts";
import { DeploymentSpec } from "./deployment-options.ts";
import { RuntimeEnv } from "./runtime-env.ts";
import { ProcessSpec } from "./process-spec.ts";
import {
  findUnsupportedOptions,
  unsupportedInActorOptions,
  unsupportedInApplication,
  unsupportedInDeployment,
  unsupportedInProcess,
  unsupportedInRuntimeEnv,
} from "./unsupported-options.ts";

describe("findUnsupportedOptions", () => {
  it.each([
    [{ deployments: [{ name: "A" }, { name: "B", min_replicas: 1 }] }, "#/deployments/1/min_replicas"],
    [{ deployments: [{ name: "A", gang_scheduling_config: {} }] }, "#/deployments/0/gang_scheduling_config"],
    [{ deployments: [{ name: "A", deployment_actors: [] }] }, "#/deployments/0/deployment_actors"],
    [
      { deployments: [{ ray_actor_options: { runtime_env: { working_dir: "." } } }] },
      "#/deployments/0/ray_actor_options/runtime_env/working_dir",
    ],
    [
      { deployments: [{ ray_actor_options: { runtime_env: { pip: [] } } }] },
      "#/deployments/0/ray_actor_options/runtime_env/pip",
    ],
    [{ deployments: [{ process: { port: 8080 } }] }, "#/deployments/0/process/port"],
    [{ autoscaling_policy: {} }, "#/autoscaling_policy"],
    [{ runtime_env: { pip: ["torch"] } }, "#/runtime_env/pip"],
    [{ runtime_env: { working_dir: "https://example.com/a.zip" } }, "#/runtime_env/working_dir"],
    [{ runtime_env: { working_dir: "./app" } }, "#/runtime_env/working_dir"],
    [{ route_prefix: "/{tenant}" }, "#/route_prefix"],
  ])("refuses %j at its path", (spec, pointer) => {
    const issues = findUnsupportedOptions(spec);
    expect(issues.map((issue) => issue.pointer)).toEqual([pointer]);
    expect(issues[0]?.detail).toMatch(/\.$/);
  });

  it("says nothing about a spec whose options all take effect", () => {
    const spec = { name: "a", route_prefix: "/a", deployments: [{ name: "A", num_replicas: 2, user_config: null }] };
    expect(findUnsupportedOptions(spec)).toEqual([]);
  });

  it.each([null, 1, "text", [], { deployments: 3 }, { deployments: [null, 4] }])("tolerates %j", (spec) => {
    expect(findUnsupportedOptions(spec)).toEqual([]);
  });
});

const places: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [unsupportedInApplication, ""],
  [unsupportedInDeployment, "/deployments/0"],
  [unsupportedInProcess, "/deployments/0/process"],
  [unsupportedInActorOptions, "/deployments/0/ray_actor_options"],
  [unsupportedInRuntimeEnv, "/runtime_env"],
  [unsupportedInRuntimeEnv, "/deployments/0/ray_actor_options/runtime_env"],
];

/** A spec that has only this. */
function specWith(path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return {};
  return key === "0" ? [specWith(rest)] : { [key]: specWith(rest) };
}

it.each(
  places.flatMap(([refusals, place]) => Object.entries(refusals).map(([key, text]) => [`${place}/${key}`, text])),
)("%s is refused at its path, with what to do instead", (path = "", text = "") => {
  expect(findUnsupportedOptions(specWith(path.split("/").slice(1)))).toEqual([{ pointer: `#${path}`, detail: text }]);
  expect(text).toMatch(/\b(Leave|Write|Give|Use|Set|Say|Make)\b/);
});

it("never refuses an option that the schemas accept", () => {
  const overlap = (schema: { shape: object }, refusals: object): string[] =>
    Object.keys(schema.shape).filter((key) => Object.hasOwn(refusals, key));
  expect(overlap(ApplicationSpec, unsupportedInApplication)).toEqual([]);
  expect(overlap(DeploymentSpec, unsupportedInDeployment)).toEqual([]);
  expect(overlap(ProcessSpec, unsupportedInProcess)).toEqual([]);
  expect(overlap(RayActorOptions, unsupportedInActorOptions)).toEqual([]);
  expect(overlap(RuntimeEnv, unsupportedInRuntimeEnv)).toEqual([]);
});

// Keys of the published JSON schema of Ray Serve 2.58, so that none is merely "unknown".
const ray = {
  application:
    "name route_prefix import_path runtime_env host port deployments autoscaling_policy args logging_config external_scaler_enabled",
  deployment:
    "name num_replicas max_ongoing_requests max_queued_requests backpressure_config user_config autoscaling_config graceful_shutdown_wait_loop_s graceful_shutdown_timeout_s health_check_period_s health_check_timeout_s ray_actor_options placement_group_bundles placement_group_strategy placement_group_bundle_label_selector max_replicas_per_node logging_config request_router_config gang_scheduling_config deployment_actors rolling_update_percentage",
  actor: "runtime_env num_cpus num_gpus memory resources accelerator_type label_selector fallback_strategy",
};

it.each([
  ["application", ray.application, ApplicationSpec, unsupportedInApplication],
  ["deployment", ray.deployment, DeploymentSpec, unsupportedInDeployment],
  ["actor options", ray.actor, RayActorOptions, unsupportedInActorOptions],
] as const)("either supports or explains every option of Ray Serve: %s", (_, names, schema, refusals) => {
  for (const name of names.split(" ")) {
    expect(Object.hasOwn(schema.shape, name) || Object.hasOwn(refusals, name), name).toBe(true);
  }
});

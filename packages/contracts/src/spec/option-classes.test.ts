/** What a change of each option does to the version of a deployment, option by option as people write it. */
import { reconfigureVersionInput, resolvedOptionClasses, restartVersionInput } from "@sluice/domain";
import { expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import { deploymentOptionDocs } from "./option-docs.ts";
import { rayOptions } from "./ray-options.ts";
import { resolveDeployments } from "./resolve-deployments.ts";
import { ResolvedDeployment } from "./resolved-deployment.ts";

type Options = Readonly<Record<string, unknown>>;

const routerPath = "ray.serve._private.request_router:PowerOfTwoChoicesRequestRouter";
const policy = { policy_function: "ray.serve.autoscaling_policy:default_autoscaling_policy" };
const schedules = [{ start: "0 8 * * *", end: "0 9 * * *", max_replicas: 3 }];
const bundles = [{ CPU: 1 }, { CPU: 1 }];
const auto = (change: Options): readonly [Options, Options] => [
  { autoscaling_config: {} },
  { autoscaling_config: change },
];
const actor = (change: Options): readonly [Options, Options] => [{}, { ray_actor_options: change }];
// A model's batches decide how many requests it takes unless it says so itself.
const model = (options: Options): Options => ({ runtime: "onnx", max_ongoing_requests: 5, ...options });
const program = (change: Options): readonly [Options, Options] => [
  { runtime: "process", process: { command: ["a"] } },
  { runtime: "process", process: { command: ["a"], ...change } },
];

/** Before and after of each option. */
const changes: Readonly<Record<string, readonly [Options, Options]>> = {
  runtime: [{ max_ongoing_requests: 5 }, { max_ongoing_requests: 5, runtime: "onnx" }],
  model: [model({}), model({ model: `bundle:${"b".repeat(64)}` })],
  batching: [model({}), model({ batching: { max_batch_size: 8 } })],
  "batching.max_batch_size": [model({ batching: {} }), model({ batching: { max_batch_size: 8 } })],
  "batching.batch_wait_timeout_s": [model({ batching: {} }), model({ batching: { batch_wait_timeout_s: 1 } })],
  "batching.target_p99_ms": [model({ batching: {} }), model({ batching: { target_p99_ms: 5 } })],
  execution_providers: [model({}), model({ execution_providers: ["cuda"] })],
  process: [{ process: { command: ["a"] } }, { process: { command: ["b"] } }],
  "process.command": program({ command: ["b"] }),
  "process.env": program({ env: { A: "1" } }),
  "process.working_dir": program({ working_dir: "server" }),
  "process.health_path": program({ health_path: "/" }),
  "process.startup_timeout_s": program({ startup_timeout_s: 1 }),
  "process.strip_route_prefix": program({ strip_route_prefix: false }),
  num_replicas: [{}, { num_replicas: 2 }],
  autoscaling_config: [{}, { autoscaling_config: { max_replicas: 3 } }],
  "autoscaling_config.min_replicas": auto({ min_replicas: 0 }),
  "autoscaling_config.initial_replicas": auto({ initial_replicas: 1 }),
  "autoscaling_config.max_replicas": auto({ max_replicas: 3 }),
  "autoscaling_config.target_ongoing_requests": auto({ target_ongoing_requests: 3 }),
  "autoscaling_config.metrics_interval_s": auto({ metrics_interval_s: 3 }),
  "autoscaling_config.look_back_period_s": auto({ look_back_period_s: 3 }),
  "autoscaling_config.upscaling_factor": auto({ upscaling_factor: 3 }),
  "autoscaling_config.downscaling_factor": auto({ downscaling_factor: 3 }),
  "autoscaling_config.upscale_delay_s": auto({ upscale_delay_s: 3 }),
  "autoscaling_config.downscale_delay_s": auto({ downscale_delay_s: 3 }),
  "autoscaling_config.downscale_to_zero_delay_s": auto({ downscale_to_zero_delay_s: 3 }),
  "autoscaling_config.aggregation_function": auto({ aggregation_function: "max" }),
  "autoscaling_config.policy": auto({ policy }),
  "autoscaling_config.schedules": auto({ schedules }),
  "autoscaling_config.queue_fast_path": auto({ queue_fast_path: false }),
  "autoscaling_config.smoothing_factor": auto({ smoothing_factor: 3 }),
  "autoscaling_config.upscale_smoothing_factor": auto({ upscale_smoothing_factor: 3 }),
  "autoscaling_config.downscale_smoothing_factor": auto({ downscale_smoothing_factor: 3 }),
  "autoscaling_config.target_num_ongoing_requests_per_replica": auto({ target_num_ongoing_requests_per_replica: 3 }),
  rolling_update_percentage: [{}, { rolling_update_percentage: 0.5 }],
  max_ongoing_requests: [{}, { max_ongoing_requests: 6 }],
  max_concurrent_queries: [{}, { max_concurrent_queries: 6 }],
  max_queued_requests: [{}, { max_queued_requests: 6 }],
  user_config: [{ user_config: { a: 0 } }, { user_config: { a: 1 } }],
  health_check_period_s: [{}, { health_check_period_s: 6 }],
  health_check_timeout_s: [{}, { health_check_timeout_s: 6 }],
  graceful_shutdown_wait_loop_s: [{}, { graceful_shutdown_wait_loop_s: 6 }],
  graceful_shutdown_timeout_s: [{}, { graceful_shutdown_timeout_s: 6 }],
  max_constructor_retry_count: [{}, { max_constructor_retry_count: 6 }],
  max_replicas_per_node: [{}, { max_replicas_per_node: 6 }],
  ray_actor_options: actor({ num_cpus: 2 }),
  "ray_actor_options.num_cpus": actor({ num_cpus: 2 }),
  "ray_actor_options.num_gpus": actor({ num_gpus: 0.5 }),
  "ray_actor_options.memory": actor({ memory: 1 }),
  "ray_actor_options.resources": actor({ resources: { lane: 1 } }),
  "ray_actor_options.accelerator_type": actor({ accelerator_type: "A100" }),
  "ray_actor_options.label_selector": actor({ label_selector: { zone: "a" } }),
  "ray_actor_options.fallback_strategy": actor({ fallback_strategy: [{ label_selector: { zone: "a" } }] }),
  "ray_actor_options.runtime_env": actor({ runtime_env: { env_vars: { A: "1" } } }),
  vram_bytes: [{}, { vram_bytes: 1 }],
  placement_group_bundles: [{}, { placement_group_bundles: bundles }],
  placement_group_strategy: [{}, { placement_group_strategy: "SPREAD" }],
  placement_group_bundle_label_selector: [
    { placement_group_bundles: bundles },
    { placement_group_bundles: bundles, placement_group_bundle_label_selector: [{ zone: "a" }] },
  ],
  placement_group_fallback_strategy: [
    { placement_group_bundles: bundles },
    {
      placement_group_bundles: bundles,
      placement_group_fallback_strategy: [{ bundle_label_selector: [{ zone: "a" }] }],
    },
  ],
  backpressure_config: [{}, { backpressure_config: {} }],
  "backpressure_config.status_code": [{ backpressure_config: {} }, { backpressure_config: { status_code: 429 } }],
  "backpressure_config.retry_after_s": [{ backpressure_config: {} }, { backpressure_config: { retry_after_s: 2 } }],
  logging_config: [{}, { logging_config: { encoding: "JSON" } }],
  "logging_config.encoding": [{}, { logging_config: { encoding: "JSON" } }],
  "logging_config.log_level": [{}, { logging_config: { log_level: "DEBUG" } }],
  "logging_config.enable_access_log": [{}, { logging_config: { enable_access_log: true } }],
  "logging_config.logs_dir": [{}, { logging_config: { logs_dir: null } }],
  "logging_config.additional_log_standard_attrs": [{}, { logging_config: { additional_log_standard_attrs: [] } }],
  request_router_config: [{}, { request_router_config: {} }],
  "request_router_config.request_router_class": [{}, { request_router_config: { request_router_class: routerPath } }],
  "request_router_config.request_router_kwargs": [{}, { request_router_config: { request_router_kwargs: {} } }],
  "request_router_config.request_routing_stats_period_s": [
    {},
    { request_router_config: { request_routing_stats_period_s: 10 } },
  ],
  "request_router_config.request_routing_stats_timeout_s": [
    {},
    { request_router_config: { request_routing_stats_timeout_s: 30 } },
  ],
  "request_router_config.initial_backoff_s": [{}, { request_router_config: { initial_backoff_s: 0.025 } }],
  "request_router_config.backoff_multiplier": [{}, { request_router_config: { backoff_multiplier: 2 } }],
  "request_router_config.max_backoff_s": [{}, { request_router_config: { max_backoff_s: 0.5 } }],
};

const code = { bundle: "b1", importPath: "a:b", args: {}, envVars: { A: "0" } };

function textsOf(options: Options): { readonly restart: string; readonly reconfigure: string } {
  const description = {
    ingress: "M",
    deployments: [{ options: { name: "M" }, outbound: [], methods: ["fetch"], hooks: ["reconfigure"] }],
  };
  const { deployments } = ApplicationSpec.parse({ name: "app", deployments: [{ name: "M", ...options }] });
  const result = resolveDeployments({ deployments, runtime_env: {} }, description);
  const [resolved] = result.ok ? result.deployments : [];
  if (resolved === undefined) throw new Error(JSON.stringify(result));
  return { restart: restartVersionInput(code, resolved), reconfigure: reconfigureVersionInput(resolved) };
}

it.each(deploymentOptionDocs.filter(({ name }) => name !== "name").map((doc) => [doc.name, doc.updateClass] as const))(
  "a change of %s is of class %s",
  (name, updateClass) => {
    const [given, changed] = changes[name] ?? [{}, {}];
    expect(changed, "this test knows a change of it").not.toEqual(given);
    const [before, after] = [textsOf(given), textsOf(changed)];
    expect([before.restart !== after.restart, before.reconfigure !== after.reconfigure]).toEqual([
      updateClass === "restart",
      updateClass === "reconfigure",
    ]);
  },
);

it("the first user_config is a change that running replicas take over", () => {
  const [none, given] = [textsOf({}), textsOf({ user_config: { a: 0 } })];
  expect(given.restart).toBe(none.restart);
  expect(given.reconfigure).not.toBe(none.reconfigure);
});

it("nothing changes when the same is written again", () => {
  for (const [, after] of Object.values(changes)) expect(textsOf(after)).toEqual(textsOf(after));
});

it("knows a class for everything that is resolved", () => {
  expect(Object.keys(resolvedOptionClasses).sort()).toEqual(Object.keys(ResolvedDeployment.shape).sort());
});

it("restarts nothing that Ray does not restart, and spares replicas where it differs", () => {
  const weight = { controller: 0, reconfigure: 1, restart: 2 };
  const rays = { identity: 2, LW: 0, NR: 1, NAR: 1, HEAVY: 2 };
  for (const { name, ray } of rayOptions) {
    const doc = deploymentOptionDocs.find((one) => one.name === name);
    if (doc !== undefined) expect(weight[doc.updateClass], name).toBeLessThanOrEqual(rays[ray]);
    if (doc !== undefined && ray === "HEAVY") expect(doc.updateClass, name).toBe("restart");
  }
});

it("an earlier release's options have the versions they had", () => {
  const { restart, reconfigure } = textsOf({});
  expect(restart).toBe(
    '{"args":{},"bundle":"b1","env_vars":{"A":"0"},"import_path":"a:b","max_replicas_per_node":null,"name":"M","ray_actor_options":{"memory":0,"num_cpus":1,"num_gpus":0,"resources":{}},"runtime":"node"}',
  );
  expect(reconfigure).toBe(
    '{"graceful_shutdown_timeout_s":20,"graceful_shutdown_wait_loop_s":2,"health_check_period_s":10,"health_check_timeout_s":30,"max_ongoing_requests":5}',
  );
});

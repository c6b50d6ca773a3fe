/** Each option of a deployment, as people write it, arrives at whom it is for: the plan, the routers, the replica's agent, the autoscaler. */
import { ApplicationSpec, deploymentOptionDocs } from "@sluice/contracts";
import { planRevisionDeployments } from "@sluice/db";
import { expect, it } from "vitest";
import { policyOf } from "../autoscaling/policy-of.ts";
import { sliceFacts } from "../routing/slice-facts.ts";
import type { ApplicationPart } from "../state/application-part.ts";
import { buildAssignment } from "./build-assignment.ts";
import { loadFacts } from "./load-facts.ts";

type Options = Readonly<Record<string, unknown>>;

/** What each of them is told of the only deployment of an application with these options. */
function reached(options: Options): Options {
  const isModel = options["runtime"] === "onnx";
  const isProgram = options["runtime"] === "process";
  const spec = ApplicationSpec.parse({
    name: "app",
    ...(isModel || isProgram ? {} : { import_path: "app:app" }),
    runtime_env: { working_dir: `bundle:${"a".repeat(64)}`, env_vars: { A: "application", B: "application" } },
    deployments: [{ name: "M", ...options }],
  });
  const planned = planRevisionDeployments(spec, {
    ingress: "M",
    deployments: [
      {
        options: { name: "M", runtime: isModel ? "onnx" : isProgram ? "process" : "node" },
        outbound: [],
        methods: ["fetch"],
        hooks: ["reconfigure"],
        ...(isModel ? { inputs: [], outputs: [] } : {}),
      },
    ],
  });
  const [deployment] = planned.ok ? planned.deployments : [];
  if (deployment === undefined) throw new Error(JSON.stringify(planned));
  const facts = loadFacts(partWith(spec, deployment), () => ({ isAcknowledged: true, awaited: null }));
  const plan = facts?.snapshot.revisions[0]?.deployments[0];
  if (facts === null || plan === undefined || plan.members[0] === undefined) throw new Error("nothing is planned");
  const { resolved, version, reconfigureHash } = deployment;
  const ids = { replicaId: "r1", application: "app", applicationId: "a1", poolId: "p1", revision: 1 };
  const member = { rank: 0, worldSize: 1, wish: plan.members[0], gpuUuids: [], rendezvous: null };
  return {
    plan,
    routers: sliceFacts(facts).pools[0],
    replica: buildAssignment({ ...ids, spec, resolved, version, configVersion: reconfigureHash, member }),
    autoscaler: resolved.autoscaling === undefined ? null : policyOf(resolved.autoscaling),
  };
}

/** Only what is read of an application in memory. */
function partWith(spec: ApplicationSpec, deployment: object): ApplicationPart {
  const part = {
    intent: {
      application: { id: "a1", name: "app", targetRevision: 1, manualScale: {}, deletingAtMs: null },
      split: null,
      revisions: [{ number: 1, spec, stage: "described", stageMessage: "", description: null }],
      deployments: [{ applicationId: "a1", revision: 1, deployment: "M", poolId: "p1", ...deployment }],
      pools: [],
    },
    replicas: new Map(),
    poolStatuses: new Map(),
    autoscalers: new Map(),
    traffic: null,
    status: null,
    rollout: null,
  };
  return part as unknown as ApplicationPart;
}

const scaled = (config: Options, autoscaler: Options): [Options, Options] => [
  { autoscaling_config: { max_replicas: 9, ...config } },
  { autoscaler },
];
const actor = (ray_actor_options: Options, member: Options): [Options, Options] => [
  { ray_actor_options },
  { plan: { members: [member] } },
];
const model = (options: Options, replica: Options): [Options, Options] => [
  { runtime: "onnx", ...options },
  { replica },
];
const program = (change: Options): [Options, Options] => [
  { runtime: "process", process: { command: ["a"], ...change } },
  { replica: { process: { command: ["a"], ...change } } },
];
const bundles = [{ CPU: 1 }, { CPU: 2 }];
const member = (cpus: number, labelSelector: Options = {}): Options => ({ resources: { cpus }, labelSelector });

/** What is written, and what they are told. */
const options: Readonly<Record<string, readonly [Options, Options]>> = {
  runtime: [{ runtime: "onnx" }, { replica: { runtime: "onnx" }, routers: { runtime: "onnx" } }],
  model: model({ model: `bundle:${"b".repeat(64)}/m.onnx` }, { bundle: "b".repeat(64), importPath: "m.onnx" }),
  "batching.max_batch_size": model({ batching: { max_batch_size: 8 } }, { batching: { max_batch_size: 8 } }),
  "batching.batch_wait_timeout_s": model(
    { batching: { batch_wait_timeout_s: 1 } },
    { batching: { batch_wait_timeout_s: 1 } },
  ),
  "batching.target_p99_ms": model({ batching: { target_p99_ms: 5 } }, { batching: { target_p99_ms: 5 } }),
  execution_providers: model({ execution_providers: ["cuda"] }, { executionProviders: ["cuda"] }),
  "process.command": program({ command: ["b", "{port}"] }),
  "process.env": program({ env: { A: "1" } }),
  "process.working_dir": program({ working_dir: "server" }),
  "process.health_path": program({ health_path: "/ok" }),
  "process.startup_timeout_s": program({ startup_timeout_s: 7 }),
  "process.strip_route_prefix": program({ strip_route_prefix: false }),
  num_replicas: [{ num_replicas: 3 }, { plan: { numReplicas: 3, autoscaling: null }, autoscaler: null }],
  "autoscaling_config.min_replicas": [
    { autoscaling_config: { min_replicas: 2, max_replicas: 9 } },
    { plan: { numReplicas: 2, autoscaling: { minReplicas: 2 } }, autoscaler: { minReplicas: 2 } },
  ],
  "autoscaling_config.max_replicas": [
    { autoscaling_config: { max_replicas: 7 } },
    { plan: { autoscaling: { maxReplicas: 7 } }, autoscaler: { maxReplicas: 7 } },
  ],
  "autoscaling_config.initial_replicas": [
    { autoscaling_config: { max_replicas: 7, initial_replicas: 4 } },
    { plan: { numReplicas: 4, autoscaling: { initialReplicas: 4 } }, autoscaler: { initialReplicas: 4 } },
  ],
  "autoscaling_config.target_ongoing_requests": scaled({ target_ongoing_requests: 3 }, { targetOngoingRequests: 3 }),
  "autoscaling_config.target_num_ongoing_requests_per_replica": scaled(
    { target_num_ongoing_requests_per_replica: 3 },
    { targetOngoingRequests: 3 },
  ),
  "autoscaling_config.look_back_period_s": scaled({ look_back_period_s: 3 }, { lookBackPeriodS: 3 }),
  "autoscaling_config.upscaling_factor": scaled({ upscaling_factor: 3 }, { upscalingFactor: 3 }),
  "autoscaling_config.downscaling_factor": scaled({ downscaling_factor: 3 }, { downscalingFactor: 3 }),
  "autoscaling_config.smoothing_factor": scaled({ smoothing_factor: 3 }, { upscalingFactor: 3, downscalingFactor: 3 }),
  "autoscaling_config.upscale_smoothing_factor": scaled({ upscale_smoothing_factor: 3 }, { upscalingFactor: 3 }),
  "autoscaling_config.downscale_smoothing_factor": scaled({ downscale_smoothing_factor: 3 }, { downscalingFactor: 3 }),
  "autoscaling_config.upscale_delay_s": scaled({ upscale_delay_s: 3 }, { upscaleDelayS: 3 }),
  "autoscaling_config.downscale_delay_s": scaled({ downscale_delay_s: 3 }, { downscaleDelayS: 3 }),
  "autoscaling_config.downscale_to_zero_delay_s": scaled(
    { downscale_to_zero_delay_s: 3 },
    { downscaleToZeroDelayS: 3 },
  ),
  "autoscaling_config.aggregation_function": scaled({ aggregation_function: "max" }, { aggregationFunction: "max" }),
  "autoscaling_config.schedules": scaled(
    { schedules: [{ start: "0 8 * * *", end: "0 9 * * *", max_replicas: 3 }] },
    { schedules: [{ startCron: "0 8 * * *", endCron: "0 9 * * *", maxReplicas: 3 }] },
  ),
  "autoscaling_config.queue_fast_path": scaled({ queue_fast_path: false }, { queueFastPath: false }),
  rolling_update_percentage: [{ rolling_update_percentage: 0.5 }, { plan: { rollingUpdatePercentage: 0.5 } }],
  max_ongoing_requests: [
    { max_ongoing_requests: 6 },
    { routers: { maxOngoingRequests: 6 }, replica: { maxOngoingRequests: 6 } },
  ],
  max_concurrent_queries: [
    { max_concurrent_queries: 6 },
    { routers: { maxOngoingRequests: 6 }, replica: { maxOngoingRequests: 6 } },
  ],
  max_queued_requests: [{ max_queued_requests: 6 }, { routers: { maxQueuedRequests: 6 } }],
  user_config: [{ user_config: { a: 1 } }, { replica: { userConfig: { a: 1 } }, plan: { hasUserConfig: true } }],
  health_check_period_s: [{ health_check_period_s: 6 }, { replica: { healthCheckPeriodS: 6 } }],
  health_check_timeout_s: [{ health_check_timeout_s: 6 }, { replica: { healthCheckTimeoutS: 6 } }],
  graceful_shutdown_wait_loop_s: [{ graceful_shutdown_wait_loop_s: 6 }, { replica: { gracefulShutdownWaitLoopS: 6 } }],
  graceful_shutdown_timeout_s: [{ graceful_shutdown_timeout_s: 6 }, { replica: { gracefulShutdownTimeoutS: 6 } }],
  max_constructor_retry_count: [{ max_constructor_retry_count: 6 }, { plan: { maxConstructorRetryCount: 6 } }],
  max_replicas_per_node: [{ max_replicas_per_node: 6 }, { plan: { maxReplicasPerNode: 6 } }],
  "ray_actor_options.num_cpus": [
    { ray_actor_options: { num_cpus: 2 } },
    { plan: { members: [{ resources: { cpus: 2 } }] }, replica: { cpus: 2 } },
  ],
  "ray_actor_options.num_gpus": actor({ num_gpus: 0.5 }, { resources: { gpus: 0.5 } }),
  "ray_actor_options.memory": [
    { ray_actor_options: { memory: 7 } },
    { plan: { members: [{ resources: { memoryBytes: 7 } }] }, replica: { memoryBytes: 7 } },
  ],
  "ray_actor_options.resources": actor({ resources: { lane: 1 } }, { resources: { custom: { lane: 1 } } }),
  "ray_actor_options.accelerator_type": actor({ accelerator_type: "A100" }, { acceleratorType: "A100" }),
  "ray_actor_options.label_selector": actor({ label_selector: { zone: "a" } }, { labelSelector: { zone: "a" } }),
  "ray_actor_options.fallback_strategy": [
    { ray_actor_options: { fallback_strategy: [{ label_selector: { zone: "b" } }] } },
    { plan: { fallbacks: [[{ labelSelector: { zone: "b" } }]] } },
  ],
  "ray_actor_options.runtime_env": [
    { ray_actor_options: { runtime_env: { env_vars: { A: "deployment" } } } },
    { replica: { envVars: { A: "deployment", B: "application" } } },
  ],
  vram_bytes: [{ vram_bytes: 5, ray_actor_options: { num_gpus: 1 } }, { plan: { members: [{ vramBytes: 5 }] } }],
  placement_group_bundles: [
    { placement_group_bundles: bundles },
    { plan: { members: [member(1), member(2)], strategy: "PACK" } },
  ],
  placement_group_strategy: [
    { placement_group_bundles: bundles, placement_group_strategy: "STRICT_SPREAD" },
    { plan: { members: [member(1), member(2)], strategy: "STRICT_SPREAD" } },
  ],
  placement_group_bundle_label_selector: [
    { placement_group_bundles: bundles, placement_group_bundle_label_selector: [{ zone: "a" }, { zone: "b" }] },
    { plan: { members: [member(1, { zone: "a" }), member(2, { zone: "b" })] } },
  ],
  placement_group_fallback_strategy: [
    {
      placement_group_bundles: bundles,
      placement_group_fallback_strategy: [{ bundle_label_selector: [{ zone: "c" }] }],
    },
    { plan: { fallbacks: [[member(1, { zone: "c" }), member(2, { zone: "c" })]] } },
  ],
  "backpressure_config.status_code": [
    { backpressure_config: { status_code: 429 } },
    { routers: { queueFull: { status: 429 } } },
  ],
  "backpressure_config.retry_after_s": [
    { backpressure_config: { retry_after_s: 2.5 } },
    { routers: { queueFull: { retryAfterS: 2.5 } } },
  ],
  "logging_config.encoding": [{ logging_config: { encoding: "JSON" } }, { replica: { logging: { encoding: "JSON" } } }],
  "logging_config.log_level": [
    { logging_config: { log_level: "DEBUG" } },
    { replica: { logging: { level: "DEBUG" } } },
  ],
  "logging_config.enable_access_log": [
    { logging_config: { enable_access_log: false } },
    { replica: { logging: { accessLog: false } } },
  ],
};

/** Taken for compatibility, with one value or a warning: nobody is told. */
const silent =
  /^(autoscaling_config\.(metrics_interval_s|policy)|request_router_config.*|logging_config\.(logs_dir|additional_log_standard_attrs))$/;
/** Blocks, whose fields are in the table. */
const blocks = /^(batching|process|autoscaling_config|ray_actor_options|backpressure_config|logging_config)$/;

it("every option that has an effect is in this table", () => {
  const names = deploymentOptionDocs.map(({ name }) => name);
  const told = names.filter((name) => name !== "name" && !silent.test(name) && !blocks.test(name));
  expect(Object.keys(options).sort()).toEqual(told.sort());
});

/** The same deployment without the option. */
function without(name: string, { runtime }: Options): Options {
  if (runtime === undefined || name === "runtime") return {};
  return runtime === "process" ? { runtime, process: { command: ["z"] } } : { runtime };
}

it.each(Object.entries(options))("%s arrives at whom it is for", (name, [given, told]) => {
  expect(reached(given)).toMatchObject(told);
  expect(reached(without(name, given)), "without it they hear something else").not.toMatchObject(told);
});

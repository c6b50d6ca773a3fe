/** For each option of a deployment the tests that fail when it has no effect, by file and title (of a table of cases: by row). */

export interface Proof {
  /** From the root of the repository. */
  readonly file: string;
  /** The title of a test in it, or of a row of its table, as it stands there. */
  readonly title: string;
}

const testOf =
  (file: string) =>
  (title: string): Proof => ({ file, title });

const rayPolicy = testOf("packages/domain/src/autoscaling/ray-policy.test.ts");
const decide = testOf("packages/domain/src/autoscaling/decide-scale.test.ts");
const load = testOf("packages/domain/src/autoscaling/load-window.test.ts");
const autoscaled = testOf("apps/controller/test/autoscaling.process.test.ts");
const count = testOf("packages/contracts/src/spec/resolve-replica-count.test.ts");
const resolve = testOf("packages/contracts/src/spec/resolve-deployments.test.ts");
const blocks = testOf("packages/contracts/src/spec/resolve-placement.test.ts");
const refusals = testOf("packages/contracts/src/spec/unsupported-options.test.ts");
const reach = testOf("apps/controller/src/reconcile/option-reach.test.ts");
const effects = testOf("packages/domain/src/reconcile/option-effects.test.ts");
const situations = testOf("packages/domain/src/placement/situations.test.ts");
const gangs = testOf("packages/domain/src/placement/gangs.test.ts");
const placing = testOf("packages/domain/src/placement/place-replicas.test.ts");
const host = testOf("packages/replica/test/host.process.test.ts");
const program = testOf("packages/replica/test/process-life.process.test.ts");
const proxied = testOf("packages/replica/test/process-proxy.process.test.ts");
const model = testOf("packages/replica/test/model-options.process.test.ts");
const agent = testOf("packages/agent/src/supervise/supervision.process.test.ts");
const environment = testOf("packages/agent/src/host/host-environment.test.ts");
const gateway = testOf("apps/gateway/test/gateway.process.test.ts");
const guides = testOf("packages/api/src/spec/ray-tutorials.test.ts");

const recorded = rayPolicy("decides as Ray Serve 2.58's own policy did, state included, in every recorded sequence");
const arrives = reach("%s arrives at whom it is for");
const oldName = count("%j mean %j, each with a warning");
const refused = refusals("%s is refused at its path, with what to do instead");
const reads = host("changes how it logs in place: level, encoding, a line for each request");
const batches = model(
  "tells with each answer how long it waited for its batch, how many were in it, and the model's time",
);
const fullLine = gateway("answers a full line as its deployment says, the seconds to wait rounded up");

/** By the name of the option. */
export const optionProofs: Readonly<Record<string, readonly Proof[]>> = {
  name: [
    resolve("lays defaults, code and spec over each other, the last wins, actor options field by field"),
    resolve("refuses a deployment that the code lacks, at its name, and lists those it has"),
  ],
  version: [refused],
  num_replicas: [
    count("is one, or the number written, without autoscaling"),
    count("%j is 1 to 100 replicas at a target of 2, with the config laid over it"),
    effects("num_replicas %d is how many run, also after it changed"),
  ],
  max_ongoing_requests: [
    host("never runs more than max_ongoing_requests: the next is rejected, and a slot is offered when one frees"),
    gateway("holds requests beyond max_ongoing_requests in line and answers all of them"),
  ],
  max_queued_requests: [gateway("refuses with 503 and Retry-After what does not fit max_queued_requests")],
  "backpressure_config.status_code": [fullLine],
  "backpressure_config.retry_after_s": [fullLine],
  user_config: [
    host("takes its first user_config in place, in the process that had none"),
    host("reconfigures in place, says what is in force, and ends with the reason when user code refuses"),
    testOf("packages/domain/src/rollout/user-config.test.ts")(
      "a user_config that is gone takes new replicas, ready before the old ones go",
    ),
    resolve("refuses user_config where nothing can take it"),
  ],
  health_check_period_s: [agent("health checks follow another period and timeout in place")],
  health_check_timeout_s: [
    agent("health checks follow another period and timeout in place"),
    host("follows another health_check_timeout_s in place: a check that hangs has failed by then"),
  ],
  graceful_shutdown_wait_loop_s: [
    host(
      "drains with the times that were changed in place: graceful_shutdown_timeout_s and the look every wait_loop_s",
    ),
  ],
  graceful_shutdown_timeout_s: [
    host(
      "drains with the times that were changed in place: graceful_shutdown_timeout_s and the look every wait_loop_s",
    ),
    agent("a removed assignment is drained, and a host that does not end is killed after its graceful time"),
  ],
  autoscaling_config: [
    recorded,
    autoscaled("follows a load step up and down, with an event for each number and its reason on the live row"),
  ],
  "autoscaling_config.min_replicas": [
    recorded,
    decide("less is wanted than the bounds allow"),
    autoscaled("goes to zero, holds the route meanwhile, and comes back with the first request"),
  ],
  "autoscaling_config.initial_replicas": [
    effects("initial_replicas is where a deployment begins, new or in place of one that runs"),
  ],
  "autoscaling_config.max_replicas": [recorded, decide("more is wanted than the bounds allow")],
  "autoscaling_config.target_ongoing_requests": [recorded, arrives],
  "autoscaling_config.metrics_interval_s": [oldName],
  "autoscaling_config.look_back_period_s": [
    decide("fewer are enough, as far as is known"),
    decide("fewer are enough over a shorter look-back"),
  ],
  "autoscaling_config.smoothing_factor": [oldName, recorded, arrives],
  "autoscaling_config.upscale_smoothing_factor": [oldName, recorded, arrives],
  "autoscaling_config.downscale_smoothing_factor": [oldName, recorded, arrives],
  "autoscaling_config.upscaling_factor": [recorded, decide("a factor damps the step")],
  "autoscaling_config.downscaling_factor": [recorded, arrives],
  "autoscaling_config.upscale_delay_s": [recorded, decide("a delay runs")],
  "autoscaling_config.downscale_delay_s": [recorded, arrives],
  "autoscaling_config.downscale_to_zero_delay_s": [recorded, decide("nothing is asked any more")],
  "autoscaling_config.aggregation_function": [
    load("weighs each sample with the time since the sample before it"),
    decide("`min` asks for load that lasted"),
  ],
  "autoscaling_config.policy": [guides("an autoscaling policy of one's own")],
  request_router_config: [guides("a router of one's own (custom request router, prefix-aware routing)")],
  "logging_config.encoding": [reads],
  "logging_config.log_level": [reads, blocks("reads logging_config %j as %j")],
  "logging_config.enable_access_log": [reads],
  "logging_config.logs_dir": [guides("a folder of one's own for logs")],
  "logging_config.additional_log_standard_attrs": [guides("attributes of Python's log records")],
  max_constructor_retry_count: [
    effects("max_constructor_retry_count %d gives a deployment of one replica up after %d failed starts"),
  ],
  rolling_update_percentage: [
    effects("rolling_update_percentage %d of four keeps at least %d serving where there is no room for more"),
  ],
  "ray_actor_options.num_cpus": [
    situations("too much CPU"),
    environment("%f CPUs allow %s threads"),
    model("runs a model on as many threads as it was granted processors, rounded down, at least one"),
  ],
  "ray_actor_options.num_gpus": [
    situations("as many whole GPUs as it wants"),
    situations("the GPU that is shared already"),
    environment("granted GPUs are named by UUID, and the user's variables cannot reach for others"),
    environment("a replica without GPUs sees none, not all"),
  ],
  "ray_actor_options.memory": [
    placing("too little memory"),
    agent("a replica over its memory limit is ended and told so"),
    testOf("packages/agent/src/memory/memory-cages.process.test.ts")(
      "a replica gets its limit, no swap, one end for all, and its process; the kernel's verdict is read back",
    ),
  ],
  "ray_actor_options.resources": [situations("a custom resource"), situations("a custom resource that is used up")],
  "ray_actor_options.accelerator_type": [
    situations("its accelerator type"),
    situations("an accelerator that no node has"),
  ],
  "ray_actor_options.label_selector": [situations("its label"), situations("labels")],
  "ray_actor_options.fallback_strategy": [
    situations("the first fallback with room, and the grant says which"),
    arrives,
  ],
  "ray_actor_options.runtime_env": [
    blocks("lays variables of the deployment over those of its code, key by key"),
    arrives,
    testOf("packages/agent/src/warm-start.process.test.ts")(
      "a warm host becomes the replica, with its environment, directory and name, as a cold one would",
    ),
  ],
  placement_group_bundles: [
    blocks("become the members of a replica, rank 0 with what the actor says of its node"),
    gangs("with GPUs of their own, by UUID, none twice"),
    gangs("and leave the room to a smaller replica"),
  ],
  placement_group_strategy: [
    gangs("to one node when one takes all"),
    gangs("to different nodes"),
    gangs("to one node"),
    gangs("each to its own"),
    blocks("takes a strategy without bundles as one bundle of the actor's resources, and says so"),
    arrives,
  ],
  placement_group_bundle_label_selector: [
    gangs("STRICT_SPREAD: a bundle gives way to one that has nowhere else to go"),
    arrives,
  ],
  placement_group_fallback_strategy: [
    blocks("have fallbacks that change only what they name"),
    gangs("and a fallback tells why it did not help either"),
    situations("the first fallback with room, and the grant says which"),
  ],
  max_replicas_per_node: [
    effects("max_replicas_per_node holds replicas back until there is another node"),
    placing("max_replicas_per_node, replicas that already run counted"),
  ],
  gang_scheduling_config: [refused, guides("gangs")],
  deployment_actors: [refused, guides("helper actors")],
  max_concurrent_queries: [arrives, guides("autoscaling-old-names.yaml")],
  runtime: [
    arrives,
    testOf("packages/agent/src/real-host.process.test.ts")(
      "a model file becomes ready, and a broken one fails with the runtime's message",
    ),
  ],
  model: [
    arrives,
    resolve("takes the application's bundle as the model of an onnx deployment that names none"),
    testOf("packages/replica/test/onnx.process.test.ts")(
      "%s classifies %i of the 360 held-out images rightly, one by one and in batches alike",
    ),
  ],
  batching: [batches],
  "batching.max_batch_size": [batches],
  "batching.batch_wait_timeout_s": [batches],
  "batching.target_p99_ms": [
    testOf("packages/replica/src/onnx/batching/plan-batching.test.ts")("batching %j becomes %j"),
    testOf("packages/sdk/src/batch/latency-target.test.ts")(
      "serves 1,300 items/s within the target where the default of 10 falls ever farther behind",
    ),
  ],
  execution_providers: [model("%j that the node lacks end the start with what there is")],
  process: [program("gives the program its port in the command and in its environment")],
  "process.command": [program("gives the program its port in the command and in its environment")],
  "process.env": [program("hands over the user's variables and what a program needs, and nothing else of the host's")],
  "process.working_dir": [program("refuses a working directory that the bundle lacks")],
  "process.health_path": [program("says what a health path without an answer of 200 to 399 answered")],
  "process.startup_timeout_s": [
    program("ends a program that is not up within its budget, and says what it waited for"),
  ],
  "process.strip_route_prefix": [proxied("keeps the route prefix for a program that wants it")],
  "autoscaling_config.schedules": [
    testOf("apps/controller/src/autoscaling/autoscaler.test.ts")(
      "holds the bounds of a schedule window while it is open",
    ),
  ],
  "autoscaling_config.queue_fast_path": [
    decide("the queue explodes"),
    decide("the queue explodes, but the fast path is off"),
  ],
  "autoscaling_config.target_num_ongoing_requests_per_replica": [oldName, arrives],
  vram_bytes: [situations("a GPU with its memory"), situations("GPU memory")],
};

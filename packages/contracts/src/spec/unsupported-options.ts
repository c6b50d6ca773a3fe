/**
 * Every option of Ray Serve (2.58 and the old tutorials) that cannot take effect here yet, with the sentence a person
 * needs: why, and what to do instead. Such an option is refused with its path, never ignored.
 */
import type { FieldIssue } from "../error.ts";

type Refusals = Readonly<Record<string, string>>;

const autoscaling = (name: string) => `Write it inside \`autoscaling_config: {${name}: ...}\`.`;
const batching =
  "Batches are no option of code. Write `batch(...)` in the code; for a model, `batching: {max_batch_size: 32}` in its deployment.";
const gateway = "This is a setting of the gateway process, not of an application. Set it in the gateway's environment.";

/** Keys beside `applications` in a config file. */
export const unsupportedInConfigFile: Refusals = {
  proxy_location: "Gateways are processes of their own: start one wherever you want one. Leave this out.",
  http_options: `${gateway} (SLUICE_GATEWAY_HOST, SLUICE_GATEWAY_PORT.) Leave this out.`,
  grpc_options: "gRPC ingress is not available: requests come over HTTP/1.1, HTTP/2 or WebSocket. Leave this out.",
  controller_options: "The controller takes its settings from its own environment. Leave this out.",
  target_capacity: "`target_capacity` is not available yet. Leave it out and set `num_replicas` per deployment.",
};

export const unsupportedInApplication: Refusals = {
  host: `${gateway} (SLUICE_GATEWAY_HOST.)`,
  port: `${gateway} (SLUICE_GATEWAY_PORT.)`,
  autoscaling_policy:
    "Policies of your own are not available: `autoscaling_config` of a deployment runs Ray's default policy. Leave it out.",
  docs_path: "Sluice serves its own documentation at `/docs` of the dashboard. Leave it out.",
};

export const unsupportedInDeployment: Refusals = {
  version: "A version is computed from the bundle and the options. Leave it out; `message` on the PUT names a change.",
  func_or_class: "Say what to run with `import_path` of the application: `module:attribute`.",
  init_args: "Give arguments in the code with `.bind(...)`, or as `args` of the application.",
  init_kwargs: "Give arguments in the code with `.bind(...)`, or as `args` of the application.",
  import_path: "`import_path` belongs to the application. Write it there, one level up.",
  runtime_env:
    "`runtime_env` belongs to the application. Write it there, or `env_vars` of one deployment in `ray_actor_options: {runtime_env: ...}`.",
  route_prefix: "`route_prefix` belongs to the application. Write it there, one level up.",
  is_driver_deployment: "Driver deployments are gone from Ray Serve, too. Set `num_replicas`.",
  gang_scheduling_config:
    "Replicas that start and stop together are not available. A replica of several processes, placed all or not at all, is `placement_group_bundles: [{GPU: 1}, {GPU: 1}]`. Write that instead.",
  deployment_actors: "Shared helper actors are not available. Make the helper a deployment and call it by its handle.",
  external_scaler_enabled: "`external_scaler_enabled` belongs to the application. Write it there, one level up.",
  // Fields of autoscaling_config that old tutorials put one level too high.
  min_replicas: autoscaling("min_replicas"),
  max_replicas: autoscaling("max_replicas"),
  initial_replicas: autoscaling("initial_replicas"),
  target_ongoing_requests: autoscaling("target_ongoing_requests"),
  target_num_ongoing_requests_per_replica: autoscaling("target_num_ongoing_requests_per_replica"),
  metrics_interval_s: autoscaling("metrics_interval_s"),
  look_back_period_s: autoscaling("look_back_period_s"),
  smoothing_factor: autoscaling("smoothing_factor"),
  upscale_smoothing_factor: autoscaling("upscale_smoothing_factor"),
  downscale_smoothing_factor: autoscaling("downscale_smoothing_factor"),
  upscaling_factor: autoscaling("upscaling_factor"),
  downscaling_factor: autoscaling("downscaling_factor"),
  upscale_delay_s: autoscaling("upscale_delay_s"),
  downscale_delay_s: autoscaling("downscale_delay_s"),
  downscale_to_zero_delay_s: autoscaling("downscale_to_zero_delay_s"),
  aggregation_function: autoscaling("aggregation_function"),
  policy: autoscaling("policy"),
  // Actor options that belong one level deeper.
  num_cpus: "Write it inside `ray_actor_options: {num_cpus: ...}`.",
  num_gpus: "Write it inside `ray_actor_options: {num_gpus: ...}`.",
  memory: "Write it inside `ray_actor_options: {memory: ...}`, in bytes.",
  resources: "Write it inside `ray_actor_options: {resources: ...}`.",
  // Arguments of @serve.batch and @serve.multiplexed.
  max_batch_size: batching,
  batch_wait_timeout_s: batching,
  max_concurrent_batches: batching,
  max_num_models_per_replica:
    "Code says it itself, with `multiplexed(load, { maxNumModelsPerReplica: 4 })`. Leave it out.",
};

/** Keys of the block `process` that people know from containers. */
export const unsupportedInProcess: Refusals = {
  port: "A fixed port would allow one replica per node. Write `{port}` where the program takes its port, or let it read PORT.",
  args: "Write program and arguments as one list in `command`.",
  entrypoint: "Write program and arguments as one list in `command`.",
  shell: "A command is started without a shell. Write [sh, -c, '...'] as `command` to have one.",
  image: "Containers are not available yet: a program runs as a process of the node. Leave it out.",
  readiness_path: "It is called `health_path` here. Write that.",
  health_check_path: "It is called `health_path` here. Write that.",
  env_vars: "It is called `env` here, `env_vars` only in `runtime_env` of the application. Write `env`.",
};

export const unsupportedInActorOptions: Refusals = {
  object_store_memory: "There is no object store. Leave it out.",
  scheduling_strategy: "Replicas are spread by the controller. Leave it out.",
  max_concurrency: "Use `max_ongoing_requests` of the deployment.",
  max_restarts: "A dead replica is always replaced. Leave it out.",
  max_task_retries: "Only requests that surely did not run are retried. Leave it out.",
  lifetime: "Replicas live as long as the application. Leave it out.",
  name: "Replicas get their names from the controller. Leave it out.",
  namespace: "There are no namespaces. Leave it out.",
};

const python =
  "Python environments are not available yet: install what is needed on the nodes, and start it with the runtime `process`. Leave it out.";

const oneBundle =
  "All deployments of an application run its one bundle. Write `working_dir` in `runtime_env` of the application.";

export const unsupportedInRuntimeEnv: Refusals = {
  py_modules: python,
  py_executable: python,
  pip: python,
  uv: python,
  conda: python,
  java_jars: "Java is not started here: start it with the runtime `process` and its `command`. Leave it out.",
  container: "Containers are not available yet: replicas are processes of the node. Leave it out.",
  image_uri: "Containers are not available yet: replicas are processes of the node. Leave it out.",
  excludes: "Leave files out when you make the bundle; this has no effect afterwards.",
  worker_process_setup_hook: "Set-up code belongs in the constructor of the deployment. Leave it out.",
  config: "Environments need no settings here. Leave it out.",
  nsight: "Profilers are not available. Leave it out.",
  _nsight: "Profilers are not available. Leave it out.",
  mpi: "MPI is not available: members of a replica (`placement_group_bundles`) find each other by MASTER_ADDR, RANK and WORLD_SIZE. Leave it out.",
  rocprof_sys: "Profilers are not available. Leave it out.",
};

/** Finds every option of an application spec, as received, that cannot take effect. Tolerates any shape. */
export function findUnsupportedOptions(spec: unknown, prefix = "#"): FieldIssue[] {
  if (!isRecord(spec)) return [];
  const deployments = Array.isArray(spec["deployments"]) ? (spec["deployments"] as unknown[]) : [];
  return [
    ...refused(spec, unsupportedInApplication, prefix),
    ...refusedRoute(spec["route_prefix"], `${prefix}/route_prefix`),
    ...refused(spec["runtime_env"], unsupportedInRuntimeEnv, `${prefix}/runtime_env`),
    ...refusedWorkingDir(spec["runtime_env"], `${prefix}/runtime_env/working_dir`),
    ...deployments.flatMap((deployment, index) => refusedInDeployment(deployment, `${prefix}/deployments/${index}`)),
  ];
}

function refusedInDeployment(deployment: unknown, prefix: string): FieldIssue[] {
  if (!isRecord(deployment)) return [];
  return [
    ...refused(deployment, unsupportedInDeployment, prefix),
    ...refused(deployment["process"], unsupportedInProcess, `${prefix}/process`),
    ...refused(deployment["ray_actor_options"], unsupportedInActorOptions, `${prefix}/ray_actor_options`),
    ...refusedInActorEnv(deployment["ray_actor_options"], `${prefix}/ray_actor_options/runtime_env`),
  ];
}

/** Of an environment for one deployment only variables are possible: all deployments run the application's one bundle. */
function refusedInActorEnv(actor: unknown, prefix: string): FieldIssue[] {
  const env = isRecord(actor) ? actor["runtime_env"] : undefined;
  return refused(env, { ...unsupportedInRuntimeEnv, working_dir: oneBundle }, prefix);
}

function refused(value: unknown, refusals: Refusals, prefix: string): FieldIssue[] {
  if (!isRecord(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const detail = Object.hasOwn(refusals, key) ? refusals[key] : undefined;
    return detail === undefined ? [] : [{ pointer: `${prefix}/${key}`, detail }];
  });
}

function refusedRoute(route: unknown, pointer: string): FieldIssue[] {
  if (typeof route !== "string" || !/[{}]/.test(route)) return [];
  return [
    {
      pointer,
      detail:
        "A route prefix is a fixed path without `{}`; patterns belong in the code's `fetch(request)`. For example `/digits`.",
    },
  ];
}

function refusedWorkingDir(runtimeEnv: unknown, pointer: string): FieldIssue[] {
  const value = isRecord(runtimeEnv) ? runtimeEnv["working_dir"] : undefined;
  if (typeof value !== "string" || value.startsWith("bundle:")) return [];
  const detail = /^[a-z0-9+]+:\/\//i.test(value)
    ? "Fetching code from a URI is not available yet."
    : "A path of your machine is not visible here.";
  return [
    { pointer, detail: `${detail} Upload the folder (\`sluice deploy\` does it) and write \`bundle:<sha256>\`.` },
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

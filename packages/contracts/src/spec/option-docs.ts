/** One table of all supported options: what the form shows beside a field and what the docs page prints. */
import { executionProviderNames } from "./onnx-spec.ts";

/**
 * What a change does to running replicas (Ray Serve's classes): `restart` = new processes, `reconfigure` = in place,
 * `controller` = only the controller or the gateways look at it.
 */
export type UpdateClass = "restart" | "reconfigure" | "controller";

export interface OptionDoc {
  /** As written in the spec; options inside a block carry its name: `ray_actor_options.num_cpus`. */
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  /** As text; "" = none. */
  readonly default: string;
  readonly range: string;
  readonly updateClass: UpdateClass;
  readonly example: string;
}

const option = (
  name: string,
  title: string,
  updateClass: UpdateClass,
  texts: { meaning: string; default: string; range: string; example: string },
): OptionDoc => ({ name, title, updateClass, ...texts });

export const applicationOptionDocs: readonly OptionDoc[] = [
  option("name", "Name", "restart", {
    meaning: "Names the application in URLs, metrics and events. It cannot change later.",
    default: "",
    range: "1 to 63 letters, digits, `-`, `_`, `.`",
    example: "digits",
  }),
  option("route_prefix", "Route prefix", "controller", {
    meaning: "Path under which gateways serve the application. null = not reachable over HTTP.",
    default: "/",
    range: "begins with `/`, does not end with `/`; each prefix belongs to one application",
    example: "/digits",
  }),
  option("import_path", "Import path", "restart", {
    meaning: "What to run: the file inside the bundle and the name it exports. Not needed for a plain model.",
    default: "",
    range: "`module:attribute`",
    example: "app:app",
  }),
  option("runtime_env", "Runtime environment", "restart", {
    meaning: "Code and environment of the replicas.",
    default: "{}",
    range: "`working_dir` and `env_vars`",
    example: "{working_dir: bundle:<sha256>}",
  }),
  option("runtime_env.working_dir", "Bundle", "restart", {
    meaning: "The uploaded bundle that holds the code or the model.",
    default: "",
    range: "`bundle:<sha256>`",
    example: "bundle:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  }),
  option("runtime_env.env_vars", "Environment variables", "restart", {
    meaning: "Variables set in every replica. They are stored in plain text: no secrets.",
    default: "{}",
    range: "names of letters, digits and `_`",
    example: "{MODEL_NAME: small}",
  }),
  option("args", "Arguments", "restart", {
    meaning: "Given to the application's builder function when `import_path` names one.",
    default: "{}",
    range: "a JSON object",
    example: "{greeting: Hello}",
  }),
  option("engine", "Engine", "restart", {
    meaning: "What runs the application.",
    default: "sluice",
    range: "`sluice`",
    example: "sluice",
  }),
  option("deployments", "Deployments", "controller", {
    meaning: "Overrides per deployment: what stands here wins over what the code says.",
    default: "[]",
    range: "one entry per deployment, by `name`",
    example: "[{name: Model, num_replicas: 2}]",
  }),
];

export const deploymentOptionDocs: readonly OptionDoc[] = [
  option("name", "Name", "restart", {
    meaning: "The deployment meant: the name that the code gives it, or any name for a plain model.",
    default: "",
    range: "1 to 63 letters, digits, `-`, `_`, `.`; unique in the application",
    example: "Model",
  }),
  option("runtime", "Runtime", "restart", {
    meaning:
      "What runs the replica: `node` for TypeScript or JavaScript, `onnx` for a model file without code, `process` for a command that serves HTTP.",
    default: "what the bundle is",
    range: "`node`, `onnx`, `process`",
    example: "onnx",
  }),
  option("model", "Model", "restart", {
    meaning: "The model file of an `onnx` deployment, from an uploaded bundle.",
    default: "the application's bundle",
    range: "`bundle:<sha256>` with an optional `/file.onnx`",
    example: "bundle:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  }),
  option("batching", "Batching", "restart", {
    meaning:
      "How an `onnx` deployment runs the rows of several requests at once, when the model's inputs and outputs have a free first axis.",
    default: "{max_batch_size: 32}",
    range: "`max_batch_size`, `batch_wait_timeout_s`, `target_p99_ms`",
    example: "{max_batch_size: 16}",
  }),
  option("batching.max_batch_size", "Max batch size", "restart", {
    meaning: "Rows in one run of the model at most. 1 = every request runs alone.",
    default: "32",
    range: "1 to 4096",
    example: "64",
  }),
  option("batching.batch_wait_timeout_s", "Batch wait timeout", "restart", {
    meaning:
      "Seconds that a request waits for others while the model is free. With 0 only those run together that came while it was busy.",
    default: "0; with `target_p99_ms` what that allows",
    range: "0 to 60",
    example: "0.002",
  }),
  option("batching.target_p99_ms", "Latency target of batches", "restart", {
    meaning:
      "Batches are filled only as far as 99 % of the requests are expected to stay within so many milliseconds in the replica.",
    default: "",
    range: "more than 0",
    example: "20",
  }),
  option("execution_providers", "Execution providers", "restart", {
    meaning:
      "What an `onnx` deployment runs its model on, in the order of preference. One that the node lacks ends the start with a message.",
    default: "[cpu]",
    range: `each at most once: ${executionProviderNames.map((name) => `\`${name}\``).join(", ")}`,
    example: "[cuda, cpu]",
  }),
  option("process", "Command", "restart", {
    meaning: "The program of a `process` deployment: anything that serves HTTP on the port it is told.",
    default: "",
    range: "`command`, `env`, `working_dir`, `health_path`, `startup_timeout_s`, `strip_route_prefix`",
    example: "{command: [python3, server.py, --port, '{port}']}",
  }),
  option("process.command", "Program and arguments", "restart", {
    meaning: "Started without a shell, on 127.0.0.1. `{port}` becomes the port to listen on, which PORT holds as well.",
    default: "",
    range: "a list of texts",
    example: "[python3, server.py, --port, '{port}']",
  }),
  option("process.env", "Variables of the program", "restart", {
    meaning: "Laid over `env_vars`, with `{port}` replaced. They are stored in plain text: no secrets.",
    default: "{}",
    range: "names of letters, digits and `_`; not PORT, CUDA_VISIBLE_DEVICES, SLUICE_*",
    example: "{MODEL: digits.json}",
  }),
  option("process.working_dir", "Folder of the program", "restart", {
    meaning: "Folder inside the bundle in which the program starts. All replicas of a node share it.",
    default: ". (the bundle itself)",
    range: "a path inside the bundle",
    example: "server",
  }),
  option("process.health_path", "Health path", "restart", {
    meaning:
      "Asked with GET until it answers 200 to 399, which makes the replica ready, and then at each health check.",
    default: "/health",
    range: "a path that begins with `/`",
    example: "/",
  }),
  option("process.startup_timeout_s", "Start-up budget", "restart", {
    meaning: "Seconds from the start of the program to its first good answer. Then it is ended as failed.",
    default: "120",
    range: "more than 0, at most 86400",
    example: "600",
  }),
  option("process.strip_route_prefix", "Strip the route prefix", "restart", {
    meaning:
      "Whether the program sees `/predict` for `/digits/predict`. Either way `x-forwarded-prefix` holds the prefix.",
    default: "true",
    range: "true, false",
    example: "false",
  }),
  option("num_replicas", "Replicas", "controller", {
    meaning: "How many replicas run. With a traffic split a revision keeps its share of them, at least one.",
    default: "1",
    range: "1 to 1000",
    example: "2",
  }),
  option("max_ongoing_requests", "Max ongoing requests", "reconfigure", {
    meaning:
      "Requests that one replica works on at a time. The replica itself refuses more; they wait in the gateway. For `onnx` the default is twice `batching.max_batch_size`.",
    default: "5",
    range: "at least 1",
    example: "10",
  }),
  option("max_queued_requests", "Max queued requests", "controller", {
    meaning: "Requests that may wait in each gateway for a free replica. One more is answered 503. -1 = no limit.",
    default: "-1",
    range: "-1, or at least 1",
    example: "100",
  }),
  option("user_config", "User config", "reconfigure", {
    meaning: "Any JSON value, given to the code's `reconfigure(config)` at start and after a change.",
    default: "",
    range: "any JSON value; the code needs a method `reconfigure`",
    example: "{threshold: 0.5}",
  }),
  option("health_check_period_s", "Health check period", "controller", {
    meaning: "Seconds between two health checks of a replica.",
    default: "10",
    range: "more than 0",
    example: "5",
  }),
  option("health_check_timeout_s", "Health check timeout", "controller", {
    meaning: "Seconds after which an unanswered health check counts as failed. Three failures replace the replica.",
    default: "30",
    range: "more than 0",
    example: "10",
  }),
  option("graceful_shutdown_wait_loop_s", "Drain check interval", "reconfigure", {
    meaning: "Seconds between two looks whether a draining replica has finished its requests.",
    default: "2",
    range: "at least 0",
    example: "1",
  }),
  option("graceful_shutdown_timeout_s", "Drain timeout", "controller", {
    meaning: "Seconds that a draining replica gets to finish its requests before it is stopped.",
    default: "20",
    range: "at least 0",
    example: "60",
  }),
  option("max_constructor_retry_count", "Start attempts", "controller", {
    meaning: "Failed starts after which a deployment is given up, at most three per wanted replica.",
    default: "20",
    range: "at least 1",
    example: "5",
  }),
  option("max_replicas_per_node", "Max replicas per node", "restart", {
    meaning: "At most so many replicas of this deployment on one node.",
    default: "null (no limit)",
    range: "1 to 100, or null",
    example: "1",
  }),
  option("ray_actor_options", "Resources", "restart", {
    meaning: "What one replica takes from its node.",
    default: "{num_cpus: 1}",
    range: "`num_cpus`, `num_gpus`, `memory`, `resources`",
    example: "{num_cpus: 0.25}",
  }),
  option("ray_actor_options.num_cpus", "CPUs", "restart", {
    meaning: "CPUs reserved for one replica. Fractions are fine. A model gets floor(num_cpus) threads, at least one.",
    default: "1",
    range: "at least 0",
    example: "0.25",
  }),
  option("ray_actor_options.num_gpus", "GPUs", "restart", {
    meaning: "GPUs reserved for one replica.",
    default: "0",
    range: "at least 0",
    example: "1",
  }),
  option("ray_actor_options.memory", "Memory", "restart", {
    meaning: "Bytes of memory reserved for one replica. 0 = not accounted.",
    default: "0",
    range: "bytes, at least 0",
    example: "536870912",
  }),
  option("ray_actor_options.resources", "Custom resources", "restart", {
    meaning: "Amounts of resources that a node declares under names of your own.",
    default: "{}",
    range: "a number above 0 per name",
    example: "{camera: 1}",
  }),
];

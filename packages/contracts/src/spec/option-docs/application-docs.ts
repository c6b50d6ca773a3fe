import { option, type OptionDoc } from "./option-doc.ts";

/** Options of an application. */
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
  option("logging_config", "Logging", "reconfigure", {
    meaning: "How replicas write their own lines, for deployments without a `logging_config` of their own.",
    default: "as the node is set",
    range: "as `logging_config` of a deployment",
    example: "{encoding: JSON, log_level: DEBUG}",
  }),
  option("external_scaler_enabled", "External scaler", "controller", {
    meaning: "The number of replicas comes from outside, by the scale call: no deployment may be autoscaled then.",
    default: "false",
    range: "true, false",
    example: "true",
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

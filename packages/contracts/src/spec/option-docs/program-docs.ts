import { option, type OptionDoc } from "./option-doc.ts";

/** The command of a program. */
export const programOptionDocs: readonly OptionDoc[] = [
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
];

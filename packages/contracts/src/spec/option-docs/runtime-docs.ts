import { option, type OptionDoc } from "./option-doc.ts";
import { executionProviderNames } from "../onnx-spec.ts";

/** What a replica runs: its name, its runtime, its model. */
export const runtimeOptionDocs: readonly OptionDoc[] = [
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
];

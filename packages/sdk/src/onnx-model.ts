import type { ExecutionProvider } from "@sluice/contracts";
import { applicationBrand } from "./brand.ts";
import type { Application } from "./deployment.ts";
import type { DeploymentOptions } from "./deployment-options.ts";

export type TypedValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export type NestedValues = number | bigint | boolean | string | readonly NestedValues[];

/** Values of one input: nested arrays, a typed array, or either of them flat beside its shape. */
export type ModelInput =
  NestedValues | TypedValues | { readonly data: TypedValues | NestedValues; readonly shape: readonly number[] };

/** One output. `BOOL` has one byte per value, `FP16` its bits, `BYTES` a list of texts. */
export interface ModelOutput {
  /** As the Open Inference Protocol names it, for example `FP32`. */
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: TypedValues | readonly string[];
}

const modelFile: unique symbol = Symbol.for("sluice.sdk.model-file");

/** A model file as handles call it. Its replicas run the file itself; no code of this class is ever run. */
export class OnnxModel {
  static readonly [modelFile]: string = "";

  /** Runs the model once for the given inputs, together with those of other callers where it can. */
  predict(_inputs: Readonly<Record<string, ModelInput>>): Promise<Readonly<Record<string, ModelOutput>>> {
    return Promise.reject(new TypeError("A model runs in its own replicas: call it through the handle from bind()."));
  }
}

/** How the rows of several callers run together. */
export interface ModelBatching {
  /** Rows in one run of the model at most; 1 = every call runs alone. Default 32. */
  readonly maxBatchSize?: number;
  /** Seconds that a call waits for others while the model is free. Default 0, or what the target allows. */
  readonly batchWaitTimeoutS?: number;
  /** Batches are filled only as far as 99 % of the calls stay within this time. */
  readonly targetP99Ms?: number;
}

/** Options of a model: it runs no code, so it has nothing to reconfigure. `maxOngoingRequests` is twice the batch size by default. */
export interface OnnxModelOptions extends Omit<DeploymentOptions, "userConfig"> {
  readonly batching?: ModelBatching;
  /** ONNX Runtime's execution providers in the order of preference. Default ["cpu"]. */
  readonly executionProviders?: readonly ExecutionProvider[];
}

/** camelCase names of a model's own options -> the spec's. */
export const modelSnakeCaseOf: Readonly<Record<"batching" | "executionProviders", string>> = {
  batching: "batching",
  executionProviders: "execution_providers",
};

/** Likewise inside `batching`. */
export const batchingSnakeCaseOf: Readonly<Record<keyof ModelBatching, string>> = {
  maxBatchSize: "max_batch_size",
  batchWaitTimeoutS: "batch_wait_timeout_s",
  targetP99Ms: "target_p99_ms",
};

/**
 * An ONNX file of the bundle as a deployment of the graph: `onnx("sentiment.onnx")` stands where a bound class would, and arrives
 * as a handle with `predict`. `file` is relative to the bundle. The deployment is named after the file unless `name` says otherwise.
 */
export function onnx(file: string, options: OnnxModelOptions = {}): Application<OnnxModel> {
  if (!/^[^/\\][^\\]*\.onnx$/.test(file) || file.split("/").includes("..")) {
    throw new TypeError(
      `onnx() takes the path of an .onnx file inside the bundle, for example "model.onnx"; given ${JSON.stringify(file)}.`,
    );
  }
  const target = class extends OnnxModel {
    static override readonly [modelFile] = file;
  };
  const name = options.name ?? nameOf(file);
  return { [applicationBrand]: { target, options: { ...options, name }, args: [] } };
}

/** The model file that a class stands for, undefined for code. */
export function modelFileOf(target: unknown): string | undefined {
  if (typeof target !== "function" || !(modelFile in target)) return undefined;
  const file = (target as { [modelFile]: unknown })[modelFile];
  return typeof file === "string" && file !== "" ? file : undefined;
}

/** `models/tiny sentiment.onnx` -> `tiny-sentiment`. */
function nameOf(file: string): string {
  const base = file.slice(file.lastIndexOf("/") + 1, -".onnx".length);
  return base.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "") || "model";
}

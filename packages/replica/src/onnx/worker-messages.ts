import type { TensorDescription } from "@sluice/contracts";
import type { Tensor } from "./tensor.ts";

/** `workerData` of the inference thread. */
export interface WorkerStart {
  readonly modelPath: string;
  /** CPU threads for one run = max(1, floor(num_cpus)). */
  readonly threads: number;
  /** In the order of preference, for example ["cuda", "cpu"]. */
  readonly executionProviders: readonly string[];
}

export interface RunRequest {
  readonly id: number;
  readonly inputs: readonly Tensor[];
}

export interface RunResult {
  readonly outputs: readonly Tensor[];
  /** Milliseconds in the model. */
  readonly tookMs: number;
}

export type WorkerMessage =
  | { readonly type: "loaded"; readonly inputs: TensorDescription[]; readonly outputs: TensorDescription[] }
  | { readonly type: "failed"; readonly message: string }
  | ({ readonly type: "answer"; readonly id: number } & RunResult)
  | { readonly type: "run_failed"; readonly id: number; readonly message: string };

import { Worker } from "node:worker_threads";
import type { TensorDescription } from "@sluice/contracts";
import type { Tensor } from "./tensor.ts";
import type { RunRequest, RunResult, WorkerMessage, WorkerStart } from "./worker-messages.ts";

/** The thread's own bundle lies beside the host's; from source a small script first lets the thread read TypeScript. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./worker-from-source.mjs" : "./onnx-worker.mjs",
  import.meta.url,
);

interface Waiting {
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: Error) => void;
}

/** Owns the worker thread that holds the model. Runs follow each other in the order of the calls. */
export class InferenceThread {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #death: Error | undefined;

  private constructor(worker: Worker, inputs: readonly TensorDescription[], outputs: readonly TensorDescription[]) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.#worker = worker;
    worker.on("message", (message: WorkerMessage) => this.#onMessage(message));
    worker.on("error", (error) => this.#die(error));
    worker.on("exit", (code) => this.#die(new Error(`the inference thread ended with code ${code}`)));
  }

  /** Starts the thread and loads the model; rejects with ONNX Runtime's message. */
  static async start(start: WorkerStart): Promise<InferenceThread> {
    const worker = new Worker(workerUrl, { workerData: start });
    const first = await firstMessage(worker);
    if (first.type !== "loaded") {
      await worker.terminate();
      throw new Error(first.type === "failed" ? first.message : `unexpected ${first.type} while loading`);
    }
    return new InferenceThread(worker, first.inputs, first.outputs);
  }

  /** Why the thread is gone, if it is. */
  get death(): Error | undefined {
    return this.#death;
  }

  /** Takes the memory of owned inputs: they are not to be used again. */
  async run(inputs: readonly Tensor[]): Promise<RunResult> {
    if (this.#death !== undefined) throw this.#death;
    const request: RunRequest = { id: this.#nextId, inputs };
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker.postMessage(request, ownedMemory(inputs));
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #onMessage(message: WorkerMessage): void {
    if (message.type !== "answer" && message.type !== "run_failed") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "answer") waiting?.resolve(message);
    else waiting?.reject(new Error(message.message));
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

async function firstMessage(worker: Worker): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the inference thread ended with code ${code} while loading`)));
  });
}

function ownedMemory(tensors: readonly Tensor[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data, isOwned } of tensors) {
    if (isOwned === true && data instanceof Uint8Array && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}

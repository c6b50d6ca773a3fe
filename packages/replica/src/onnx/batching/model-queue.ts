import { SluiceError } from "@sluice/contracts";
import { BatchQueue, nodeBatchPorts, planBatchSettings } from "@sluice/sdk/host";
import type { BatchFacts, BatchReport, BatchSettings, RequestTimings } from "@sluice/sdk/host";
import type { Tensor } from "../tensor.ts";
import type { RunResult } from "../worker-messages.ts";
import { batchKeyOf, joinRows, rowsOf, splitRows } from "./rows.ts";

export interface ModelQueueOptions {
  readonly run: (inputs: readonly Tensor[]) => Promise<RunResult>;
  /** Rows of several requests may run together. */
  readonly isBatchable: boolean;
  readonly maxBatchSize: number;
  readonly batchWaitTimeoutS: number;
  readonly targetP99Ms: number | undefined;
  /** Told once, when the model turns out not to keep rows apart. */
  readonly onUnbatchable: (reason: string) => void;
  readonly onBatch?: (report: BatchReport) => void;
}

/** Who asks. */
export interface Asker {
  /** Asked before the run: what nobody waits for is not computed. */
  readonly isWanted: () => boolean;
  readonly timings: RequestTimings | undefined;
}

interface Waiting {
  readonly inputs: readonly Tensor[];
  readonly rows: number;
  readonly asker: Asker;
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Requests on their way through the model. What arrives while a run is in flight waits, and when the run ends goes together
 * as one batch; a request that comes alone waits for nobody unless it is told to. A batch that is full already is handed to
 * the inference thread while the one before it still runs, so that the model never stands still under load.
 */
export class ModelQueue {
  readonly #options: ModelQueueOptions;
  readonly #settings: BatchSettings;
  readonly #waitMs: number;
  readonly #queue: BatchQueue<Waiting>;
  #isBatchable: boolean;
  #inFlight = 0;

  constructor(options: ModelQueueOptions) {
    const { isBatchable, maxBatchSize, batchWaitTimeoutS, targetP99Ms } = options;
    this.#options = options;
    this.#isBatchable = isBatchable;
    this.#settings = planBatchSettings({
      maxBatchSize: isBatchable ? maxBatchSize : 1,
      batchWaitTimeoutS,
      // With a target the time of a batch is learnt, so runs must not lie behind each other in the thread.
      ...(targetP99Ms === undefined ? { maxConcurrentBatches: 2 } : { targetP99Ms }),
    });
    this.#waitMs = this.#settings.waitMs;
    this.#queue = new BatchQueue<Waiting>({
      settings: this.#settings,
      ports: nodeBatchPorts,
      sizeOf: countRows,
      refusesOversize: false,
      run: (items, facts) => this.#runItems(items, facts),
      drop: (item) => item.reject(gone()),
      ...(options.onBatch === undefined ? {} : { onBatch: options.onBatch }),
    });
  }

  /** Outputs for these inputs. */
  async infer(inputs: readonly Tensor[], asker: Asker): Promise<readonly Tensor[]> {
    const rows = this.#isBatchable ? rowsOf(inputs) : undefined;
    const group = rows === undefined ? "alone" : batchKeyOf(inputs);
    return new Promise((resolve, reject) => {
      // Without rows nothing may join: as large as a batch can be.
      const item: Waiting = { inputs, rows: rows ?? this.#settings.maxBatchSize, asker, resolve, reject };
      this.#queue.add(item, { group });
    });
  }

  async #runItems(items: readonly Waiting[], facts: BatchFacts): Promise<void> {
    this.#setInFlight(1);
    try {
      items.forEach(({ asker: { timings } }, index) => noteWait(timings, facts, index));
      const wanted = items.filter((item) => item.asker.isWanted());
      for (const item of items) if (!wanted.includes(item)) item.reject(gone());
      if (wanted.length > 1) await this.#runTogether(wanted);
      else for (const item of wanted) await this.#runAlone(item);
    } finally {
      this.#setInFlight(-1);
    }
  }

  /** While one runs only a full batch is sent after it; what is not full may still grow. */
  #setInFlight(change: number): void {
    this.#inFlight += change;
    if (this.#settings.targetP99Ms === undefined) this.#settings.waitMs = this.#inFlight > 0 ? Infinity : this.#waitMs;
  }

  async #runTogether(items: readonly Waiting[]): Promise<void> {
    const rowCounts = items.map((item) => item.rows);
    let result: RunResult;
    try {
      result = await this.#options.run(joinRows(items.map((item) => item.inputs)));
    } catch {
      // One bad request must not fail its neighbours. Inputs were copied into the batch, so they are still here.
      for (const item of items) await this.#runAlone(item);
      return;
    }
    const parts = splitRows(result.outputs, rowCounts);
    if (parts === undefined) {
      this.#stopBatching();
      for (const item of items) await this.#runAlone(item);
      return;
    }
    items.forEach((item, index) => {
      if (item.asker.timings !== undefined) item.asker.timings.modelMs = result.tookMs;
      item.resolve(parts[index] ?? []);
    });
  }

  async #runAlone({ inputs, asker, resolve, reject }: Waiting): Promise<void> {
    try {
      const { outputs, tookMs } = await this.#options.run(joinRows([inputs]));
      if (asker.timings !== undefined) asker.timings.modelMs = tookMs;
      resolve(outputs);
    } catch (error) {
      reject(error);
    }
  }

  /** The model does not keep rows apart, whatever its file says: from now on one request per run. */
  #stopBatching(): void {
    if (!this.#isBatchable) return;
    this.#isBatchable = false;
    this.#settings.maxBatchSize = 1;
    this.#options.onUnbatchable("a batch came back with another number of rows than went in");
  }
}

function countRows(items: readonly Waiting[]): number {
  let rows = 0;
  for (const item of items) rows += item.rows;
  return rows;
}

function noteWait(timings: RequestTimings | undefined, facts: BatchFacts, index: number): void {
  if (timings === undefined) return;
  timings.batchWaitMs = facts.waitsMs[index] ?? 0;
  timings.batchSize = facts.size;
  timings.batchLimit = facts.limit;
  timings.batchReason = facts.reason;
}

function gone(): SluiceError {
  return new SluiceError({ code: "client/closed", publicMessage: "Nobody waits for the answer any more." });
}

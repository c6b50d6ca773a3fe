import type { BatchingSpec } from "@sluice/contracts";
import { batchObserver, BatchQueue, nodeBatchPorts } from "@sluice/sdk/host";
import type { BatchFacts, BatchSettings, ObservedQueue } from "@sluice/sdk/host";
import type { Tensor } from "../tensor.ts";
import { planModelBatching } from "./plan-batching.ts";
import { batchKeyOf, rowsOf } from "./rows.ts";
import { goneError, runRequests } from "./run-requests.ts";
import type { Asker, ModelRequest, RunModel } from "./run-requests.ts";

export interface ModelQueueOptions {
  readonly run: RunModel;
  /** Rows of several requests may run together. */
  readonly isBatchable: boolean;
  readonly batching: BatchingSpec;
  /** Told once, when the model turns out not to keep rows apart. */
  readonly onUnbatchable: (reason: string) => void;
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
  readonly #queue: BatchQueue<ModelRequest>;
  readonly #observed: ObservedQueue;
  #isAnnounced = false;
  #isBatchable: boolean;
  #inFlight = 0;

  constructor(options: ModelQueueOptions) {
    const { isBatchable, batching } = options;
    this.#options = options;
    this.#isBatchable = isBatchable;
    this.#settings = planModelBatching(batching, isBatchable);
    this.#waitMs = this.#settings.waitMs;
    this.#queue = new BatchQueue<ModelRequest>({
      settings: this.#settings,
      ports: nodeBatchPorts,
      sizeOf: countRows,
      refusesOversize: false,
      run: (items, facts) => this.#runItems(items, facts),
      drop: (item) => item.reject(goneError()),
      onBatch: (report) => batchObserver()?.onBatch(this.#observed, report),
    });
    this.#observed = { name: "predict", settings: this.#settings, waiting: () => this.#queue.waiting };
  }

  /** Outputs for these inputs. */
  async infer(inputs: readonly Tensor[], asker: Asker): Promise<readonly Tensor[]> {
    this.#announce();
    const rows = this.#isBatchable ? rowsOf(inputs) : undefined;
    const group = rows === undefined ? "alone" : batchKeyOf(inputs);
    return new Promise((resolve, reject) => {
      // Without rows nothing may join: as large as a batch can be.
      const item: ModelRequest = { inputs, rows: rows ?? this.#settings.maxBatchSize, asker, resolve, reject };
      this.#queue.add(item, { group });
    });
  }

  /** The host that counts batches hears of the queue with its first request. */
  #announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    batchObserver()?.onQueue(this.#observed);
  }

  async #runItems(items: readonly ModelRequest[], facts: BatchFacts): Promise<void> {
    this.#setInFlight(1);
    try {
      if (await runRequests(items, facts, this.#options.run)) this.#stopBatching();
    } finally {
      this.#setInFlight(-1);
    }
  }

  /** While one runs only a full batch is sent after it; what is not full may still grow. */
  #setInFlight(change: number): void {
    this.#inFlight += change;
    if (this.#settings.targetP99Ms === undefined) this.#settings.waitMs = this.#inFlight > 0 ? Infinity : this.#waitMs;
  }

  /** The model does not keep rows apart, whatever its file says: from now on one request per run. */
  #stopBatching(): void {
    if (!this.#isBatchable) return;
    this.#isBatchable = false;
    this.#settings.maxBatchSize = 1;
    this.#options.onUnbatchable("a batch came back with another number of rows than went in");
  }
}

function countRows(items: readonly ModelRequest[]): number {
  let rows = 0;
  for (const item of items) rows += item.rows;
  return rows;
}

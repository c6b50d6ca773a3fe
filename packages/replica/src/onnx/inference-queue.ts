import { joinRows, pickBatch, rowsOf, splitRows } from "./batch.ts";
import type { Tensor } from "./tensor.ts";

interface Waiting {
  readonly inputs: readonly Tensor[];
  readonly isWanted: () => boolean;
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps one run in flight. What arrives meanwhile waits, and when the run ends goes together as one batch, as far as the
 * model's first axis is free: under load this gains, and a request that comes alone never waits for others.
 */
export class InferenceQueue {
  readonly #run: (inputs: readonly Tensor[]) => Promise<readonly Tensor[]>;
  #isBatchable: boolean;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(run: (inputs: readonly Tensor[]) => Promise<readonly Tensor[]>, isBatchable: boolean) {
    this.#run = run;
    this.#isBatchable = isBatchable;
  }

  /** Outputs for these inputs. `isWanted` is asked before the run: what nobody waits for is not computed. */
  async infer(inputs: readonly Tensor[], isWanted: () => boolean = () => true): Promise<readonly Tensor[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ inputs, isWanted, resolve, reject });
      if (!this.#isRunning) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      this.#dropUnwanted();
      const size = pickBatch(
        this.#waiting.map((one) => one.inputs),
        this.#isBatchable,
      );
      const batch = this.#waiting.splice(0, size);
      if (batch.length > 1) await this.#runBatch(batch);
      else for (const one of batch) await this.#runAlone(one);
    }
    this.#isRunning = false;
  }

  #dropUnwanted(): void {
    if (this.#waiting.every((one) => one.isWanted())) return;
    for (const one of this.#waiting) if (!one.isWanted()) one.reject(new Error("nobody waits for the answer any more"));
    this.#waiting = this.#waiting.filter((one) => one.isWanted());
  }

  async #runBatch(batch: readonly Waiting[]): Promise<void> {
    const rowCounts = batch.map((one) => rowsOf(one.inputs) ?? 0);
    try {
      const outputs = await this.#run(joinRows(batch.map((one) => one.inputs)));
      const parts = splitRows(outputs, rowCounts);
      if (parts === undefined) {
        // The model does not keep rows apart, whatever its metadata say: from now on one request per run.
        this.#isBatchable = false;
        for (const one of batch) await this.#runAlone(one);
        return;
      }
      for (const [index, one] of batch.entries()) one.resolve(parts[index] ?? []);
    } catch {
      // One bad request must not fail its neighbours. Inputs were copied into the batch, so they are still here.
      for (const one of batch) await this.#runAlone(one);
    }
  }

  async #runAlone(one: Waiting): Promise<void> {
    try {
      one.resolve(await this.#run(one.inputs));
    } catch (error) {
      one.reject(error);
    }
  }
}

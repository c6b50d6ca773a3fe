/**
 * The one way to write status: decide from memory, commit, take over what was committed. Writes of one application or node
 * have their turn one after the other, so between the decision and the commit nobody of this leader changes what it was
 * made from; somebody else's change is found by compare-and-set. After a commit that failed, or may have happened, the rows
 * are read again.
 */
import { StaleRowsError, type StatusBatch } from "@sluice/db";
import type { ClusterState } from "./cluster-state.ts";
import type { LeaderStore } from "./leader-store.ts";
import type { StateReader } from "./state-reader.ts";
import { WriteTurns } from "./write-turns.ts";

/** What a write touches. */
export interface Touched {
  readonly applicationIds?: readonly string[];
  readonly nodeIds?: readonly string[];
}

export class StatusWriter {
  readonly #store: LeaderStore;
  readonly #state: ClusterState;
  readonly #reader: StateReader;
  readonly #turns = new WriteTurns();
  /** Applications whose last commit failed without telling whether it happened. */
  readonly #uncertain = new Set<string>();
  #onWritten: (batch: StatusBatch) => void = () => undefined;

  constructor(store: LeaderStore, state: ClusterState, reader: StateReader) {
    this.#store = store;
    this.#state = state;
    this.#reader = reader;
  }

  /** Tells of everything that was written, when memory has it. */
  watch(onWritten: (batch: StatusBatch) => void): void {
    this.#onWritten = onWritten;
  }

  /** Makes sure that memory is right about an application. */
  async settle(applicationId: string): Promise<void> {
    if (!this.#reader.isDoubted(applicationId)) return;
    await this.run({ applicationIds: [applicationId] }, () => null);
  }

  /** Reads what commits without an answer may have changed: nobody gives away what they may have taken. */
  async settleUncertain(): Promise<void> {
    for (const id of this.#uncertain) {
      this.#uncertain.delete(id);
      try {
        await this.settle(id);
      } catch (error) {
        this.#uncertain.add(id);
        throw error;
      }
    }
  }

  /**
   * `decide` answers what to write (null = nothing), from memory as it stands at its turn; it must not wait for anything.
   * Resolves to what was written. Rejects with `StaleRowsError` when rows had been changed behind the leader's back.
   */
  async run(touched: Touched, decide: () => StatusBatch | null): Promise<StatusBatch | null> {
    const { applicationIds = [], nodeIds = [] } = touched;
    return await this.atTurn(touched, async () => {
      await this.#reader.settle(applicationIds);
      const batch = decide();
      if (batch === null) return null;
      try {
        await this.#store.commit(batch);
      } catch (error) {
        for (const id of applicationIds) {
          this.#reader.doubt(id, "all");
          if (!(error instanceof StaleRowsError)) this.#uncertain.add(id);
        }
        await this.#recover(error, applicationIds, nodeIds);
        throw error;
      }
      this.#state.apply(batch);
      this.#onWritten(batch);
      return batch;
    });
  }

  /** Runs while nothing of these is written. */
  atTurn<T>({ applicationIds = [], nodeIds = [] }: Touched, work: () => Promise<T>): Promise<T> {
    const keys = [...applicationIds.map((id) => `application:${id}`), ...nodeIds.map((id) => `node:${id}`)];
    return this.#turns.run(keys, work);
  }

  /** Reads again at once when the database answers; else the next turn does. */
  async #recover(error: unknown, applicationIds: readonly string[], nodeIds: readonly string[]): Promise<void> {
    if (error instanceof StaleRowsError) await this.#reader.settle(applicationIds);
    if (nodeIds.length === 0) return;
    // Nodes are written whole and unconditionally: the next report or verdict about them writes what is true then.
    const nodes = await this.#store.readNodes(nodeIds).catch(() => []);
    for (const node of nodes) this.#state.putNode(node);
  }
}

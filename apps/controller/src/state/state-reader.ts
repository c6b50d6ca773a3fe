/** Fills the leader's memory when its time begins, and reads again what may have become wrong. */
import { isSluiceError } from "@sluice/contracts";
import type { ClusterState } from "./cluster-state.ts";
import type { LeaderStore } from "./leader-store.ts";

/** Applications read at once while filling. */
const chunkSize = 100;

/** A new one for each reason to doubt: what is read answers only the doubts that were there when the reading began. */
interface Doubt {
  readonly what: "intent" | "all";
}

export class StateReader {
  readonly #store: LeaderStore;
  readonly #state: ClusterState;
  /** Applications of which not everything in memory can be trusted. */
  readonly #doubts = new Map<string, Doubt>();
  /** Applications that could never be read, with the nodes that host them. */
  readonly #unread = new Map<string, ReadonlySet<string> | "any">();
  /** Of what people want of nodes: the read that runs, and the one that follows it. */
  #readingNodes: Promise<void> | null = null;
  #nextNodes: Promise<void> | null = null;
  #isFilled = false;
  #onFilled: ((isFilled: boolean) => void)[] = [];

  constructor(store: LeaderStore, state: ClusterState) {
    this.#store = store;
    this.#state = state;
  }

  /** Resolves when everything was read: true; or will not be: false. */
  whenFilled(): Promise<boolean> {
    if (this.#isFilled) return Promise.resolve(true);
    return new Promise((resolve) => this.#onFilled.push(resolve));
  }

  /** Nobody waits for it any more. */
  end(): void {
    for (const tell of this.#onFilled.splice(0)) tell(false);
  }

  /** False: nothing is known yet, so nothing may be decided. */
  get isFilled(): boolean {
    return this.#isFilled;
  }

  /** Reads everything; answers the ids of all applications. One that cannot be read stays in doubt and stops no other. */
  async fill(): Promise<string[]> {
    const [generations, nodes] = await Promise.all([
      this.#store.listGenerations(),
      this.#store.readNodes(),
      this.readNodeIntents(),
    ]);
    for (const node of nodes) this.#state.putNode(node);
    const ids = generations.map(({ id }) => id);
    for (let at = 0; at < ids.length; at += chunkSize) await this.#fillChunk(ids.slice(at, at + chunkSize));
    this.#isFilled = true;
    for (const tell of this.#onFilled.splice(0)) tell(true);
    return ids;
  }

  /**
   * What people want of nodes may be another thing now. One read at a time, so that no answer overwrites a later one; who
   * asks during a read gets the next, since this one may be of an earlier moment.
   */
  readNodeIntents(): Promise<void> {
    if (this.#readingNodes !== null) {
      this.#nextNodes ??= this.#readingNodes
        .catch(() => undefined)
        .then(() => {
          this.#nextNodes = null;
          return this.readNodeIntents();
        });
      return this.#nextNodes;
    }
    this.#readingNodes = this.#readNodeIntents().finally(() => (this.#readingNodes = null));
    return this.#readingNodes;
  }

  /** The application's memory may be wrong: it is read again before anything is decided about it. */
  doubt(applicationId: string, what: Doubt["what"]): void {
    const known = this.#doubts.get(applicationId)?.what;
    this.#doubts.set(applicationId, { what: known === "all" ? known : what });
  }

  /** All applications of which not everything in memory can be trusted. */
  doubted(): string[] {
    return [...this.#doubts.keys()];
  }

  /** Also while it is being read. */
  isDoubted(applicationId: string): boolean {
    return this.#doubts.has(applicationId);
  }

  /** Whether all that the node may host is in memory: what is missing in a set of assignments is stopped. */
  knowsNode(nodeId: string): boolean {
    return this.#isFilled && ![...this.#unread.values()].some((nodes) => nodes === "any" || nodes.has(nodeId));
  }

  /** Reads what is in doubt of these applications. Nobody may write them meanwhile. */
  async settle(applicationIds: readonly string[]): Promise<void> {
    const all = applicationIds.filter((id) => this.#doubts.get(id)?.what === "all");
    const intents = applicationIds.filter((id) => this.#doubts.get(id)?.what === "intent");
    if (all.length > 0) await this.#readAll(all);
    if (intents.length > 0) await this.#readIntents(intents);
  }

  /** One query: doubts what was created, changed or removed since. Answers the ids of all applications there are or were. */
  async findChanges(): Promise<string[]> {
    const generations = await this.#store.listGenerations();
    const there = new Set<string>();
    for (const { id, generation } of generations) {
      there.add(id);
      const known = this.#state.application(id);
      if (known === undefined) this.doubt(id, "all");
      else if (known.intent.application.generation !== generation) this.doubt(id, "intent");
    }
    for (const [id] of this.#state.applications()) if (!there.has(id)) this.doubt(id, "all");
    return [...new Set([...there, ...this.#doubts.keys()])];
  }

  async #readNodeIntents(): Promise<void> {
    this.#state.putNodeIntents(await this.#store.readNodeIntents());
  }

  async #fillChunk(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.doubt(id, "all");
    try {
      await this.#readAll(ids);
    } catch (error) {
      // Without the database nothing can be known. A row that cannot be read is found by the application's own first pass.
      if (isSluiceError(error)) throw error;
      for (const id of ids) await this.#readAll([id]).catch(() => this.#noteUnread(id));
    }
  }

  async #noteUnread(id: string): Promise<void> {
    this.#unread.set(id, "any");
    this.#unread.set(id, new Set(await this.#store.listHostingNodes(id)));
  }

  async #readAll(ids: readonly string[]): Promise<void> {
    const answer = this.#answering(ids);
    const rows = new Map((await this.#store.readApplications(ids)).map((row) => [row.intent.application.id, row]));
    for (const id of ids) this.#state.putApplication(id, rows.get(id) ?? null);
    for (const id of ids) this.#unread.delete(id);
    answer();
  }

  async #readIntents(ids: readonly string[]): Promise<void> {
    const answer = this.#answering(ids);
    const missing: string[] = [];
    const intents = new Map((await this.#store.readIntents(ids)).map((row) => [row.application.id, row]));
    for (const id of ids) {
      const intent = intents.get(id);
      if (intent === undefined || this.#state.application(id) === undefined) missing.push(id);
      else this.#state.putIntent(intent);
    }
    if (missing.length > 0) await this.#readAll(missing);
    answer();
  }

  /** To be called when it was read: takes away the doubts there are now, and leaves those that come meanwhile. */
  #answering(ids: readonly string[]): () => void {
    const doubts = new Map(ids.map((id) => [id, this.#doubts.get(id)]));
    return () => {
      for (const [id, doubt] of doubts) if (this.#doubts.get(id) === doubt) this.#doubts.delete(id);
    };
  }
}

/** Replicas as a plan makes and changes them, each change on top of the one before, until they are written together. */
import { StaleRowsError, type Replica, type ReplicaChange, type ReplicaUpdate } from "@sluice/db";
import { isEnded, nextReplicaStage, type ReplicaEvent } from "@sluice/domain";

export class ReplicaDrafts {
  readonly #nowMs: number;
  readonly #known: ReadonlyMap<string, Replica>;
  readonly #created = new Map<string, Replica>();
  readonly #changed = new Map<string, Replica>();
  readonly #deleted = new Map<string, Replica>();

  constructor(replicas: readonly Replica[], nowMs: number) {
    this.#known = new Map(replicas.map((replica) => [replica.id, replica]));
    this.#nowMs = nowMs;
  }

  get created(): Replica[] {
    return [...this.#created.values()];
  }

  /** Each with one version more, however often it was changed. */
  get changed(): ReplicaUpdate[] {
    return [...this.#changed.values()].flatMap((after) => {
      const before = this.#known.get(after.id);
      return before === undefined ? [] : [{ before, after: { ...after, rowVersion: before.rowVersion + 1 } }];
    });
  }

  get deleted(): Replica[] {
    return [...this.#deleted.values()];
  }

  get(id: string): Replica {
    const replica = this.#created.get(id) ?? this.#changed.get(id) ?? this.#known.get(id);
    if (replica === undefined) throw new StaleRowsError(`replica ${id} is gone`);
    return replica;
  }

  create(replica: Replica): void {
    this.#created.set(replica.id, replica);
  }

  delete(id: string): void {
    const known = this.#known.get(id);
    this.#created.delete(id);
    this.#changed.delete(id);
    if (known !== undefined) this.#deleted.set(id, known);
  }

  change(id: string, change: ReplicaChange): void {
    const after = changeReplica(this.get(id), change);
    if (this.#created.has(id)) this.#created.set(id, after);
    else this.#changed.set(id, after);
  }

  /** Moves a replica through the state machine; an ended one keeps the time of its end. */
  move(id: string, event: ReplicaEvent, change: ReplicaChange): void {
    const replica = this.get(id);
    const stage = nextReplicaStage(replica.stage, event);
    this.change(id, {
      ...change,
      stage,
      stageTimes: { [stage]: this.#nowMs, ...replica.stageTimes },
      ...(isEnded(stage) && replica.endedAtMs === null ? { endedAtMs: this.#nowMs } : {}),
    });
  }
}

/** The replica after a change; its version is not touched. */
export function changeReplica(replica: Replica, change: ReplicaChange): Replica {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as ReplicaChange;
  const { members } = change;
  return { ...replica, ...named, ...(members === undefined ? {} : { nodeId: members[0]?.nodeId ?? null }) };
}

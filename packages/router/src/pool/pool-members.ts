import type { Backend } from "@sluice/contracts";
import { createPoolReplica, hasRoom } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

/** Who is in the pool, in the order in which picks look at them, and whether any of them works. */
export class PoolMembers {
  /** Those on the caller's node first. */
  list: readonly PoolReplica[] = [];
  /** So many of them are on the caller's node. */
  localCount = 0;
  /** Requests that each of them may have of this router. */
  maxOngoing = 0;
  /** Some replica has a time before which it gets nothing. */
  hasDown = false;
  /** Since when no replica is there that is not on trial; Infinity while there is one. */
  unavailableSinceMs = Number.POSITIVE_INFINITY;
  readonly #nodeId: string;
  /** Every replica that is in the slice or still has requests of ours. */
  readonly #byId = new Map<string, PoolReplica>();
  readonly #leaving = new Set<PoolReplica>();

  constructor(nodeId: string) {
    this.#nodeId = nodeId;
  }

  /** Takes the slice's newest list; known replicas keep what is known of them. */
  update(backends: readonly Backend[], maxOngoing: number): void {
    this.maxOngoing = maxOngoing;
    const wanted = new Set(backends.map(({ replicaId }) => replicaId));
    for (const replica of this.list) if (!wanted.has(replica.replicaId)) this.#take(replica);
    const replicas = backends.map((backend) => this.#place(backend));
    const local = replicas.filter(({ isLocal }) => isLocal);
    this.list = [...local, ...replicas.filter(({ isLocal }) => !isLocal)];
    this.localCount = local.length;
    this.noteDown();
  }

  get(replicaId: string): PoolReplica | undefined {
    return this.#byId.get(replicaId);
  }

  /** Requests that are sent and unanswered, those of replicas that left included. */
  get sent(): number {
    let sent = 0;
    for (const replica of this.#byId.values()) sent += replica.sent;
    for (const replica of this.#leaving) sent += replica.sent;
    return sent;
  }

  /** Replicas that are ejected or on trial, this one not counted. */
  otherOnTrial(replica: PoolReplica): number {
    return this.list.filter((other) => other !== replica && other.onTrial).length;
  }

  hasOtherThan(excluded: ReadonlySet<string>): boolean {
    return this.list.some(({ replicaId }) => !excluded.has(replicaId));
  }

  hasRoom(nowMs: number): boolean {
    return this.list.some((replica) => hasRoom(replica, this.maxOngoing, nowMs));
  }

  /** Takes one request off a replica, which may have been its last. */
  pay(replica: PoolReplica): void {
    if (replica.sent <= 0) throw new Error(`Replica ${replica.replicaId} was paid back more often than granted`);
    replica.sent -= 1;
    if (replica.removed && replica.sent === 0) this.#leaving.delete(replica);
  }

  /** A replica went down or came back. */
  noteDown(): void {
    this.hasDown = this.list.some(({ downUntilMs }) => downUntilMs > 0);
  }

  /** A trial began or ended. True when from now on no replica works. */
  noteAvailability(nowMs: number): boolean {
    const isAvailable = this.list.some(({ onTrial }) => !onTrial);
    const wasAvailable = this.unavailableSinceMs === Number.POSITIVE_INFINITY;
    if (isAvailable) this.unavailableSinceMs = Number.POSITIVE_INFINITY;
    else if (wasAvailable) this.unavailableSinceMs = nowMs;
    return !isAvailable && wasAvailable;
  }

  #place(backend: Backend): PoolReplica {
    const known = this.#byId.get(backend.replicaId);
    if (known !== undefined) {
      known.backend = backend;
      known.isLocal = this.#nodeId !== "" && backend.nodeId === this.#nodeId;
      return known;
    }
    const replica = createPoolReplica(backend, this.#nodeId);
    this.#byId.set(backend.replicaId, replica);
    return replica;
  }

  #take(replica: PoolReplica): void {
    replica.removed = true;
    this.#byId.delete(replica.replicaId);
    if (replica.sent > 0) this.#leaving.add(replica);
  }
}

/**
 * What agents measure all the time: heartbeats, usage of nodes, load and memory of replicas. It is kept in memory and written
 * for screens in batches, the longest unwritten first, so that the rows per second have a limit however large the cluster
 * is: up to the first number of nodes every heartbeat is written, 1,000 nodes are written each 15 s.
 */
import type { NodeUsage, ReplicaObservation } from "@sluice/contracts";
import type { NodeSighting, ReplicaLoad } from "@sluice/db";
import type { LeaderStore } from "./leader-store.ts";

const nodeRowsPerSecond = 67;
const replicaRowsPerSecond = 150;
/** A replica is not written more often than this, whatever changes. */
const replicaEveryMs = 2_000;
/** Memory that changed by less is not worth a write: 1 MiB, or 2 %. */
const rssStepBytes = 1024 * 1024;
const rssStepShare = 0.02;

interface NodeSeen {
  lastSeenAtMs: number;
  usage: NodeUsage | null;
  writtenSeenAtMs: number;
  writtenAtMs: number;
}

interface LoadSeen {
  ongoing: number;
  rssBytes: number | null;
  /** Memory of each member by its rank: the replica's is that of all. */
  readonly rssByRank: Map<number, number>;
  writtenOngoing: number;
  writtenRssBytes: number | null;
  writtenAtMs: number;
}

export type MemberLoad = Pick<ReplicaObservation, "replicaId" | "rank" | "ongoing" | "rssBytes">;

export class Sightings {
  readonly #store: Pick<LeaderStore, "saveSightings">;
  readonly #nodes = new Map<string, NodeSeen>();
  readonly #loads = new Map<string, LoadSeen>();
  #flushedAtMs: number | null = null;

  constructor(store: Pick<LeaderStore, "saveSightings">) {
    this.#store = store;
  }

  /** A heartbeat, or a hello without usage. */
  seeNode(nodeId: string, atMs: number, usage: NodeUsage | null): void {
    const known = this.#nodes.get(nodeId);
    if (known === undefined) {
      this.#nodes.set(nodeId, { lastSeenAtMs: atMs, usage, writtenSeenAtMs: 0, writtenAtMs: 0 });
      return;
    }
    known.lastSeenAtMs = atMs;
    known.usage = usage ?? known.usage;
  }

  /** When the node was last heard of by this leader. */
  lastSeenAtMs(nodeId: string): number | undefined {
    return this.#nodes.get(nodeId)?.lastSeenAtMs;
  }

  usage(nodeId: string): NodeUsage | null {
    return this.#nodes.get(nodeId)?.usage ?? null;
  }

  /** Of one member of the replica; requests go to rank 0 alone. */
  seeLoad({ replicaId, rank, ongoing, rssBytes }: MemberLoad): void {
    const seen = this.#loads.get(replicaId) ?? unseenLoad();
    this.#loads.set(replicaId, seen);
    if (rank === 0) seen.ongoing = Math.round(ongoing);
    if (rssBytes === null) seen.rssByRank.delete(rank);
    else seen.rssByRank.set(rank, rssBytes);
    const all = [...seen.rssByRank.values()];
    seen.rssBytes = all.length === 0 ? null : all.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The replica is not live any more. */
  forgetLoad(replicaId: string): void {
    this.#loads.delete(replicaId);
  }

  forgetNode(nodeId: string): void {
    this.#nodes.delete(nodeId);
  }

  /** Writes what is due; answers how many rows. What could not be written stays due. */
  async flush(nowMs: number): Promise<number> {
    const seconds = this.#flushedAtMs === null ? 1 : Math.min(5, Math.max(0, (nowMs - this.#flushedAtMs) / 1000));
    this.#flushedAtMs = nowMs;
    const nodes = oldest(this.#nodes, seconds * nodeRowsPerSecond, (seen) => seen.lastSeenAtMs > seen.writtenSeenAtMs);
    const loads = oldest(
      this.#loads,
      seconds * replicaRowsPerSecond,
      (seen) => nowMs - seen.writtenAtMs >= replicaEveryMs && isLoadNews(seen),
    );
    if (nodes.length + loads.length === 0) return 0;
    const nodeRows = nodes.map(([nodeId, { lastSeenAtMs, usage }]): NodeSighting => ({ nodeId, lastSeenAtMs, usage }));
    const loadRows = loads.map(([replicaId, { ongoing, rssBytes }]): ReplicaLoad => ({ replicaId, ongoing, rssBytes }));
    await this.#store.saveSightings(nodeRows, loadRows);
    nodes.forEach(([, seen], index) => {
      seen.writtenSeenAtMs = nodeRows[index]?.lastSeenAtMs ?? 0;
      seen.writtenAtMs = nowMs;
    });
    loads.forEach(([, seen], index) => {
      seen.writtenOngoing = loadRows[index]?.ongoing ?? 0;
      seen.writtenRssBytes = loadRows[index]?.rssBytes ?? null;
      seen.writtenAtMs = nowMs;
    });
    return nodeRows.length + loadRows.length;
  }
}

function unseenLoad(): LoadSeen {
  const written = { writtenOngoing: 0, writtenRssBytes: null, writtenAtMs: 0 };
  return { ongoing: 0, rssBytes: null, rssByRank: new Map(), ...written };
}

function isLoadNews({ ongoing, rssBytes, writtenOngoing, writtenRssBytes }: LoadSeen): boolean {
  if (ongoing !== writtenOngoing) return true;
  const step = Math.max(rssStepBytes, rssStepShare * (writtenRssBytes ?? 0));
  return Math.abs((rssBytes ?? 0) - (writtenRssBytes ?? 0)) >= step;
}

/** At most `limit` of those that are due, the longest unwritten first. */
function oldest<T extends { readonly writtenAtMs: number }>(
  all: ReadonlyMap<string, T>,
  limit: number,
  isDue: (seen: T) => boolean,
): [string, T][] {
  const due = [...all].filter(([, seen]) => isDue(seen));
  if (due.length > limit) due.sort(([, a], [, b]) => a.writtenAtMs - b.writtenAtMs);
  return due.slice(0, Math.max(1, Math.floor(limit)));
}

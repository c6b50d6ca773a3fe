/**
 * Replica counts over time, told by the replicas' own histories. Pure.
 *
 * ready(t)  = replicas that entered `ready` at or before t and had not begun to drain, stop or fail.
 * wanted(t) = replicas that existed at t and had not begun to drain, stop or fail: a dead one is replaced, so this is the
 *             number that the controller wanted.
 */
import type { Replica } from "@sluice/db";

/** What is needed of a replica, so that tests and callers may pass less. */
export type ReplicaLife = Pick<Replica, "createdAtMs" | "endedAtMs" | "stageTimes" | "revision">;

export type ReplicaMetric = "replicas_wanted" | "replicas_ready";

export function countReplicasAt(metric: ReplicaMetric, replicas: readonly ReplicaLife[], atMs: number): number {
  return replicas.filter((replica) => {
    const beganMs = metric === "replicas_ready" ? replica.stageTimes.ready : replica.createdAtMs;
    return beganMs !== undefined && beganMs <= atMs && atMs < leftMs(replica);
  }).length;
}

function leftMs(replica: ReplicaLife): number {
  const { draining, stopped, failed } = replica.stageTimes;
  return Math.min(draining ?? Infinity, stopped ?? Infinity, failed ?? Infinity, replica.endedAtMs ?? Infinity);
}

/** The count at the end of each step (now, for the one that is still open); null before the first replica and after now. */
export function replicaPoints(
  metric: ReplicaMetric,
  replicas: readonly ReplicaLife[],
  range: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number; readonly nowMs: number },
): [number, number | null][] {
  const { fromMs, toMs, stepMs, nowMs } = range;
  const firstMs = Math.min(...replicas.map((replica) => replica.createdAtMs));
  const points: [number, number | null][] = [];
  for (let atMs = Math.floor(fromMs / stepMs) * stepMs; atMs < toMs; atMs += stepMs) {
    const readAtMs = Math.min(atMs + stepMs - 1, nowMs);
    const isKnown = readAtMs >= firstMs && atMs <= nowMs;
    points.push([atMs, isKnown ? countReplicasAt(metric, replicas, readAtMs) : null]);
  }
  return points;
}

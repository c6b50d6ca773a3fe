/**
 * Stages of a replica. Transitions (see {@link nextReplicaStage} in this folder):
 *
 *   pending -> assigned -> preparing -> starting -> loading -> ready -> draining -> stopped
 *      any stage before draining -> failed (process died, constructor threw, node lost)
 *
 * `pending` waits for room on a node; `preparing` fetches bundle and environment; `starting` is a process without code;
 * `loading` runs the user's constructor or loads the model; `ready` has answered its readiness probe.
 */
export const replicaStages = [
  "pending",
  "assigned",
  "preparing",
  "starting",
  "loading",
  "ready",
  "draining",
  "stopped",
  "failed",
] as const;

export type ReplicaStage = (typeof replicaStages)[number];

/** Wall-clock milliseconds at which each stage was entered; a stage that was skipped or not reached is absent. */
export type StageTimes = Partial<Record<ReplicaStage, number>>;

/** How a replica's process ended. */
export interface ExitFact {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last line the process wrote to stderr, when there was one. */
  readonly lastErrorLine: string | null;
}

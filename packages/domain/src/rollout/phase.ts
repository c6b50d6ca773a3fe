/**
 * Phases of the move to a revision, in the order a good one passes them; `paused`, `failed` and `aborted` can follow any.
 *
 * `describing`: a node inspects the code. `starting`: new replicas come up beside the old (surge). `rolling`: there is no room
 * for all of them, so old ones go in steps. `switching`: requests move. `draining`: old replicas finish.
 */
export const rolloutPhases = [
  "describing",
  "starting",
  "rolling",
  "switching",
  "draining",
  "completed",
  "paused",
  "failed",
  "aborted",
] as const;
export type RolloutPhase = (typeof rolloutPhases)[number];

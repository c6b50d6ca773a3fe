import type { ReplicaStage } from "@sluice/domain";
import type { ReplicaView } from "@sluice/contracts";

const shown = ["assigned", "preparing", "starting", "loading", "ready"] as const satisfies readonly ReplicaStage[];

export interface StageStep {
  readonly stage: (typeof shown)[number];
  readonly state: "done" | "running" | "waiting" | "failed";
  readonly atMs: number | null;
  /** Time spent in the stage; for `ready`, from creation to ready: the cold start. */
  readonly durationMs: number | null;
}

/** The five stages of a start with the time of each. A stage that was skipped counts as done without a time. */
export function stageSteps(
  replica: Pick<ReplicaView, "stage" | "stage_times" | "created_at">,
  nowMs: number,
): StageStep[] {
  const times = shown.map((stage) => {
    const at = replica.stage_times[stage];
    return at === undefined ? null : Date.parse(at);
  });
  const reached = Math.max(-1, ...times.flatMap((at, index) => (at === null ? [] : [index])));
  const endedAt = replica.stage_times.failed ?? replica.stage_times.draining ?? replica.stage_times.stopped;
  const endMs = endedAt === undefined ? nowMs : Date.parse(endedAt);
  const createdMs = Date.parse(replica.created_at);
  return shown.map((stage, index) => {
    const atMs = times[index] ?? null;
    const nextMs = times.slice(index + 1).find((at) => at !== null) ?? null;
    if (index > reached) return { stage, state: "waiting", atMs, durationMs: null };
    if (stage === "ready")
      return { stage, state: "done", atMs, durationMs: atMs === null ? null : Math.max(0, atMs - createdMs) };
    const durationMs = atMs === null ? null : Math.max(0, (nextMs ?? endMs) - atMs);
    if (index < reached) return { stage, state: "done", atMs, durationMs };
    return { stage, state: replica.stage === "failed" ? "failed" : "running", atMs, durationMs };
  });
}

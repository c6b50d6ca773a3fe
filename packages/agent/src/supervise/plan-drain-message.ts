import type { AgentToHost, Assignment } from "@sluice/contracts";

/** The most that a drain may take and how often it may look, whatever the replica's own settings say. */
export interface DrainCap {
  readonly timeoutS: number;
  readonly waitLoopS: number;
}

export const noDrainCap: DrainCap = { timeoutS: Number.POSITIVE_INFINITY, waitLoopS: Number.POSITIVE_INFINITY };
/** When the whole agent stops, nobody sends requests any more. */
export const stopAllDrainCap: DrainCap = { timeoutS: 10, waitLoopS: 0.2 };

export function planDrainMessage(assignment: Assignment, cap: DrainCap): AgentToHost {
  return {
    type: "drain",
    timeoutS: Math.min(assignment.gracefulShutdownTimeoutS, cap.timeoutS),
    waitLoopS: Math.min(assignment.gracefulShutdownWaitLoopS, cap.waitLoopS),
  };
}

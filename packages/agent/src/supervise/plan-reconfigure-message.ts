import type { AgentToHost, Assignment } from "@sluice/contracts";

/** What a running process has to know of its changed assignment. */
export function planReconfigureMessage(assignment: Assignment): AgentToHost {
  const { configVersion, userConfig, maxOngoingRequests, poolId, revision } = assignment;
  const { healthCheckTimeoutS, gracefulShutdownWaitLoopS, gracefulShutdownTimeoutS } = assignment;
  return {
    type: "reconfigure",
    configVersion,
    // Told as null: left out would be as it is.
    userConfig: userConfig ?? null,
    maxOngoingRequests,
    poolId,
    revision,
    healthCheckTimeoutS,
    gracefulShutdownWaitLoopS,
    gracefulShutdownTimeoutS,
    logging: assignment.logging ?? {},
  };
}

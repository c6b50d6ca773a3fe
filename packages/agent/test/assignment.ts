import type { Assignment } from "@sluice/contracts";

/** An assignment with every field set; what matters to a test is given. */
export function buildAssignment(given: Partial<Assignment> = {}): Assignment {
  return {
    replicaId: "rep-1",
    rank: 0,
    worldSize: 1,
    desired: "run",
    application: "digits",
    applicationId: "app-1",
    deployment: "model",
    poolId: "pool-1",
    version: "v1",
    revision: 1,
    runtime: "onnx",
    bundle: "0".repeat(64),
    importPath: "",
    args: {},
    envVars: {},
    configVersion: "",
    maxOngoingRequests: 5,
    cpus: 0.1,
    memoryBytes: 0,
    gpuUuids: [],
    healthCheckPeriodS: 10,
    healthCheckTimeoutS: 30,
    gracefulShutdownWaitLoopS: 2,
    gracefulShutdownTimeoutS: 20,
    ...given,
  };
}

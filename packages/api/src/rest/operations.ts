import { applicationOperations } from "./application-operations.ts";
import { clusterOperations } from "./cluster-operations.ts";
import { logOperations } from "./log-operations.ts";
import { nodeOperations } from "./node-operations.ts";
import type { Operation } from "./operation.ts";
import { rolloutOperations } from "./rollout-operations.ts";

/** The whole REST API, below `/api/v1`. */
export const restOperations: readonly Operation[] = [
  ...applicationOperations,
  ...rolloutOperations,
  ...nodeOperations,
  ...logOperations,
  ...clusterOperations,
];

import type { Proof } from "../proof.ts";
import { autoscalingProof } from "./autoscaling.ts";
import { nodesProof } from "./node-events.ts";
import { placementProof } from "./placement.ts";
import { processesProof } from "./process-events.ts";
import { simulatorProof } from "./simulator.ts";
import { updatesProof } from "./updates.ts";

/** Lines of the acceptance list of orchestration, by its numbers. */
export const orchestrationProofs: readonly Proof[] = [
  autoscalingProof,
  placementProof,
  updatesProof,
  nodesProof,
  processesProof,
  simulatorProof,
];

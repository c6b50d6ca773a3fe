import type { Proof } from "../proof.ts";
import { accuracyProof } from "./accuracy.ts";
import { killProof } from "./kill.ts";
import { percentileProof } from "./percentile.ts";
import { splitProof } from "./split.ts";
import { startProof } from "./start.ts";
import { throughputProof } from "./throughput.ts";

/** Lines of the skeleton's acceptance list that a program can reproduce. */
export const skeletonProofs: readonly Proof[] = [
  startProof,
  accuracyProof,
  splitProof,
  killProof,
  percentileProof,
  throughputProof,
];

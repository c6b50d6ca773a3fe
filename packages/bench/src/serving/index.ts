import type { Proof } from "../proof.ts";
import { comparisonProofs } from "./comparison-proofs.ts";
import { killProof } from "./kill.ts";

/** Lines of the serving core's acceptance list that a program can reproduce. */
export const servingProofs: readonly Proof[] = [...comparisonProofs, killProof];

/**
 * Whether rows of several requests may run together: every input and every output must have the batch as its first axis.
 * Pure; what the names of dimensions do not tell, trial runs do.
 */
import type { TensorDescription } from "@sluice/contracts";
import { isFree, shapeText } from "../tensor.ts";

export type BatchAxis =
  | { readonly kind: "yes" }
  /** The file does not say: runs with two different row counts must show it. */
  | { readonly kind: "ask" }
  | { readonly kind: "no"; readonly reason: string };

/** Numbers of rows for the trial: an output that has so many rows both times has the batch axis. */
export const trialRows: readonly [number, number] = [2, 3];

export function judgeBatchAxis(inputs: readonly TensorDescription[], outputs: readonly TensorDescription[]): BatchAxis {
  const all = [...inputs.map((one) => ({ kind: "input", one })), ...outputs.map((one) => ({ kind: "output", one }))];
  const fixed = all.find(({ one }) => !isFree(one.shape[0]));
  if (inputs.length === 0) return { kind: "no", reason: "the model has no input" };
  if (fixed !== undefined) {
    const { name, shape } = fixed.one;
    const what = shape.length === 0 ? "is a single value" : `has the fixed shape ${shapeText(shape)}`;
    return { kind: "no", reason: `${fixed.kind} "${name}" ${what}, without a free first axis` };
  }
  const names = new Set(all.map(({ one }) => one.shape[0]));
  const [only] = names;
  return names.size === 1 && typeof only === "string" && only !== "" ? { kind: "yes" } : { kind: "ask" };
}

/** What trial runs with `trialRows` rows have shown: the first dimension of each output, per run. */
export function judgeTrial(
  outputs: readonly TensorDescription[],
  firstDimensions: readonly (readonly number[])[],
): BatchAxis {
  const wrong = outputs.find((_, index) => trialRows.some((rows, run) => firstDimensions[run]?.[index] !== rows));
  if (wrong === undefined) return { kind: "yes" };
  return { kind: "no", reason: `output "${wrong.name}" does not have one row per row of the input` };
}

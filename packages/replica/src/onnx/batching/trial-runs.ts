import type { TensorDescription } from "@sluice/contracts";
import { allocateValues, bytesOf, isFree, isSupportedDatatype, sizeOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { judgeBatchAxis, judgeTrial, trialRows } from "./batch-axis.ts";
import type { BatchAxis } from "./batch-axis.ts";

type Run = (inputs: readonly Tensor[]) => Promise<readonly Tensor[]>;
export type KnownBatchAxis = Exclude<BatchAxis, { readonly kind: "ask" }>;

/** Looks at the model's shapes and, where they leave it open, runs it on zeros with two and with three rows. */
export async function findBatchAxis(
  inputs: readonly TensorDescription[],
  outputs: readonly TensorDescription[],
  run: Run,
): Promise<KnownBatchAxis> {
  const judged = judgeBatchAxis(inputs, outputs);
  if (judged.kind !== "ask") return judged;
  const firstDimensions: number[][] = [];
  try {
    for (const rows of trialRows) {
      const results = await run(inputs.map((input) => zeros(input, rows)));
      firstDimensions.push(results.map((result) => result.shape[0] ?? 0));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "no", reason: `the names of its axes do not tell the batch, and a trial on zeros failed: ${why}` };
  }
  return judgeTrial(outputs, firstDimensions) as KnownBatchAxis;
}

/** Free axes after the first have length 1. */
function zeros({ name, datatype, shape }: TensorDescription, rows: number): Tensor {
  if (!isSupportedDatatype(datatype)) throw new Error(`the datatype ${datatype} has no zero`);
  const given = shape.map((dimension, axis) => (axis === 0 ? rows : isFree(dimension) ? 1 : Number(dimension)));
  const size = sizeOf(given);
  const data = datatype === "string" ? new Array<string>(size).fill("") : bytesOf(allocateValues(datatype, size));
  return { name, datatype, shape: given, data };
}

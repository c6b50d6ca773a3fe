import { allocateData, sizeOf } from "./tensor.ts";
import type { Tensor, TensorData } from "./tensor.ts";

/** Largest number of rows that waiting requests are put together to. */
export const maxBatchRows = 32;

/** Rows of one request: the first dimension of its inputs. Undefined when the inputs disagree. */
export function rowsOf(tensors: readonly Tensor[]): number | undefined {
  const rows = tensors[0]?.shape[0];
  return tensors.every((tensor) => tensor.shape[0] === rows) ? rows : undefined;
}

/** True when two requests differ in nothing but their rows. */
export function canJoin(left: readonly Tensor[], right: readonly Tensor[]): boolean {
  return left.every((tensor, index) => {
    const other = right[index];
    return (
      other !== undefined &&
      other.shape.length === tensor.shape.length &&
      tensor.shape.every((dimension, axis) => axis === 0 || dimension === other.shape[axis])
    );
  });
}

/**
 * How many requests at the head of the queue run together: as many as fit in `maxBatchRows` rows and differ in their
 * rows only. FIFO: a request that does not fit ends the batch rather than being passed over.
 */
export function pickBatch(queue: readonly (readonly Tensor[])[], isBatchable: boolean): number {
  const head = queue[0];
  if (head === undefined) return 0;
  let rows = rowsOf(head);
  if (!isBatchable || rows === undefined) return 1;
  let taken = 1;
  for (; taken < queue.length; taken += 1) {
    const next = queue[taken];
    const more = next === undefined ? undefined : rowsOf(next);
    if (next === undefined || more === undefined || rows + more > maxBatchRows || !canJoin(head, next)) break;
    rows += more;
  }
  return taken;
}

/** Puts the rows of several requests behind each other. */
export function joinRows(requests: readonly (readonly Tensor[])[]): readonly Tensor[] {
  const [first = []] = requests;
  if (requests.length <= 1) return first;
  return first.map((tensor, index) => {
    const parts = requests.map((request) => request[index] ?? tensor);
    const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    const shape = [rows, ...tensor.shape.slice(1)];
    const data = allocateData(tensor.datatype, sizeOf(shape));
    let at = 0;
    for (const part of parts) {
      copyInto(data, part.data, at);
      at += part.data.length;
    }
    return { ...tensor, shape, data };
  });
}

/** Takes the outputs of joined rows apart; undefined when an output does not have one row per input row. */
export function splitRows(outputs: readonly Tensor[], rowCounts: readonly number[]): Tensor[][] | undefined {
  const total = rowCounts.reduce((sum, rows) => sum + rows, 0);
  if (outputs.some((output) => output.shape[0] !== total)) return undefined;
  let start = 0;
  return rowCounts.map((rows) => {
    const from = start;
    start += rows;
    return outputs.map((output) => {
      const rowSize = sizeOf(output.shape.slice(1));
      const data = output.data.slice(from * rowSize, (from + rows) * rowSize);
      return { ...output, shape: [rows, ...output.shape.slice(1)], data };
    });
  });
}

function copyInto(target: TensorData, source: TensorData, at: number): void {
  if (Array.isArray(target)) {
    for (const [index, item] of (source as string[]).entries()) target[at + index] = item;
  } else {
    (target as Float32Array).set(source as Float32Array, at);
  }
}

import { sizeOf, valueBytesOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** Rows of one request: the first dimension of its inputs. Undefined when the inputs disagree, or when there are none. */
export function rowsOf(tensors: readonly Tensor[]): number | undefined {
  const rows = tensors[0]?.shape[0];
  if (rows === undefined || rows < 1) return undefined;
  for (const tensor of tensors) if (tensor.shape[0] !== rows) return undefined;
  return rows;
}

/** Equal for requests that differ in nothing but their rows and their values: they can run together. */
export function batchKeyOf(tensors: readonly Tensor[]): string {
  let key = "";
  for (const { name, datatype, shape } of tensors) {
    key += `${name}\n${datatype}`;
    for (let axis = 1; axis < shape.length; axis += 1) key += `,${shape[axis]}`;
    key += "\n";
  }
  return key;
}

/** Puts the rows of several requests behind each other: one copy, into memory that belongs to the batch alone. */
export function joinRows(requests: readonly (readonly Tensor[])[]): readonly Tensor[] {
  const [first = []] = requests;
  if (requests.length === 1) return first.map(owned);
  return first.map(({ name, datatype, shape }, index) => {
    const parts: Tensor["data"][] = [];
    let rows = 0;
    for (const request of requests) {
      const part = request[index];
      if (part === undefined) continue;
      parts.push(part.data);
      rows += part.shape[0] ?? 0;
    }
    const data = datatype === "string" ? parts.flatMap((part) => part as readonly string[]) : copyParts(parts);
    return { name, datatype, shape: [rows, ...shape.slice(1)], data, isOwned: true };
  });
}

/** The tensor in memory that only it lies in: itself, where that is known. */
function owned(tensor: Tensor): Tensor {
  if (tensor.isOwned === true || tensor.datatype === "string") return tensor;
  return { ...tensor, data: copyParts([tensor.data]), isOwned: true };
}

function copyParts(parts: readonly Tensor["data"][]): Uint8Array {
  const joined = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part as Uint8Array, at);
    at += part.length;
  }
  return joined;
}

/** Takes the outputs of joined rows apart, as views; undefined when an output has not one row per input row. */
export function splitRows(outputs: readonly Tensor[], rowCounts: readonly number[]): Tensor[][] | undefined {
  const total = rowCounts.reduce((sum, rows) => sum + rows, 0);
  if (outputs.some((output) => output.shape[0] !== total)) return undefined;
  let start = 0;
  return rowCounts.map((rows) => {
    const from = start;
    start += rows;
    return outputs.map((output) => sliceRows(output, from, rows));
  });
}

function sliceRows({ name, datatype, shape, data }: Tensor, from: number, rows: number): Tensor {
  const item = shape.slice(1);
  const size = sizeOf(item) * (datatype === "string" ? 1 : valueBytesOf(datatype));
  const [start, end] = [from * size, (from + rows) * size];
  const part = data instanceof Uint8Array ? data.subarray(start, end) : data.slice(start, end);
  return { name, datatype, shape: [rows, ...item], data: part };
}

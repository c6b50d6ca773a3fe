import { numberFromHalf } from "./half-float.ts";
import { shortestFloat } from "./short-float.ts";
import { valuesOf } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Shape of nested arrays; undefined when they are ragged. A plain value has shape []. */
export function shapeOfNested(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  const first = items.length === 0 ? [] : shapeOfNested(items[0]);
  if (first === undefined) return undefined;
  for (let index = 1; index < items.length; index += 1) if (!hasShape(items[index], first, 0)) return undefined;
  return [items.length, ...first];
}

function hasShape(value: unknown, shape: readonly number[], axis: number): boolean {
  if (axis === shape.length) return !Array.isArray(value);
  if (!Array.isArray(value) || value.length !== shape[axis]) return false;
  if (axis === shape.length - 1) return !value.some(Array.isArray);
  return value.every((item) => hasShape(item, shape, axis + 1));
}

/** The values of a tensor as JSON has them, flat. Integers that JSON numbers cannot hold become strings of digits. */
export function jsonValues({ datatype, data }: Tensor): readonly unknown[] {
  if (datatype === "string") return data as readonly string[];
  const values = valuesOf(datatype, data as Uint8Array);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return Array.from(values, jsonInteger);
  if (datatype === "bool") return Array.from(values, (value) => value !== 0);
  if (datatype === "float16") return Array.from(values, numberFromHalf);
  return datatype === "float32" ? Array.from(values, shortestFloat) : Array.from(values);
}

/** Flat values -> nested arrays of this shape. */
export function nestValues(values: readonly unknown[], shape: readonly number[]): unknown {
  let at = 0;
  const build = (axis: number): unknown => {
    if (axis === shape.length) {
      const item = values[at];
      at += 1;
      return item;
    }
    const length = shape[axis] ?? 0;
    if (axis === shape.length - 1) {
      at += length;
      return values.slice(at - length, at);
    }
    const items = new Array<unknown>(length);
    for (let index = 0; index < length; index += 1) items[index] = build(axis + 1);
    return items;
  };
  return build(0);
}

function jsonInteger(item: bigint): unknown {
  const number = Number(item);
  return Number.isSafeInteger(number) ? number : item.toString();
}

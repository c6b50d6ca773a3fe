import type { Datatype, TensorData } from "./tensor.ts";

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

/** Smallest and largest value of each integer type. */
const ranges: Partial<Record<Datatype, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  // JSON numbers are exact up to 2^53
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

/** Copies nested values into tensor memory in row-major order. Answers what is wrong with the first unfit value. */
export function fillData(data: TensorData, datatype: Datatype, value: unknown): string | undefined {
  const range = ranges[datatype];
  const big = datatype === "int64" || datatype === "uint64";
  let at = 0;
  let wrong: string | undefined;

  const put = (item: unknown): void => {
    if (Array.isArray(item)) {
      for (const inner of item) {
        put(inner);
        if (wrong !== undefined) return;
      }
      return;
    }
    const fit = fitValue(item, datatype, range);
    if (fit === undefined) {
      wrong = `${JSON.stringify(item)?.slice(0, 60) ?? "nothing"} at position ${at}`;
      return;
    }
    (data as unknown[])[at] = big ? BigInt(fit) : fit;
    at += 1;
  };
  put(value);
  return wrong;
}

function fitValue(
  item: unknown,
  datatype: Datatype,
  range: readonly [number, number] | undefined,
): number | string | undefined {
  if (datatype === "string") return typeof item === "string" ? item : undefined;
  if (datatype === "bool") return item === true || item === 1 ? 1 : item === false || item === 0 ? 0 : undefined;
  if (typeof item !== "number") return undefined;
  if (range !== undefined && !(Number.isInteger(item) && item >= range[0] && item <= range[1])) return undefined;
  return item;
}

/** Tensor memory -> nested arrays for JSON. Integers that JSON numbers cannot hold become strings. */
export function nestData(data: TensorData, datatype: Datatype, shape: readonly number[]): unknown {
  let at = 0;
  const build = (axis: number): unknown => {
    if (axis === shape.length) {
      const item = jsonValue(data[at] as number | bigint | string, datatype);
      at += 1;
      return item;
    }
    const length = shape[axis] ?? 0;
    const items = new Array<unknown>(length);
    for (let index = 0; index < length; index += 1) items[index] = build(axis + 1);
    return items;
  };
  return build(0);
}

function jsonValue(item: number | bigint | string, datatype: Datatype): unknown {
  if (datatype === "bool") return item === 1;
  if (typeof item !== "bigint") return item;
  const number = Number(item);
  return Number.isSafeInteger(number) ? number : item.toString();
}

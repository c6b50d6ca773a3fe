/** JSON values -> tensor memory, row-major. */
import { halfFromNumber } from "./half-float.ts";
import { allocateValues, bytesOf } from "./tensor.ts";
import type { Datatype, TensorValues } from "./tensor.ts";

/** Smallest and largest value of each integer type; JSON numbers are exact up to 2^53. */
const ranges: Partial<Record<Datatype, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};
const bigRanges: Partial<Record<Datatype, readonly [bigint, bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

type Fit = (item: unknown) => number | bigint | string | undefined;

export type Filled =
  | { readonly ok: true; readonly data: Uint8Array | readonly string[]; readonly count: number }
  /** What is wrong with the first value that does not fit. */
  | { readonly ok: false; readonly wrong: string };

/** Memory for `size` values, filled from nested arrays. `count` is how many there were. */
export function fillValues(datatype: Datatype, value: unknown, size: number): Filled {
  const strings = datatype === "string" ? new Array<string>(size).fill("") : undefined;
  const target: TensorValues | string[] = strings ?? allocateValues(datatype as Exclude<Datatype, "string">, size);
  const fit = fitOf(datatype);
  let at = 0;
  let wrong: string | undefined;
  const put = (items: readonly unknown[]): void => {
    for (const item of items) {
      if (Array.isArray(item)) put(item);
      else {
        const fitting = fit(item);
        if (fitting === undefined) wrong ??= `${JSON.stringify(item)?.slice(0, 60) ?? "nothing"} at position ${at}`;
        else if (at < size) (target as (number | bigint | string)[])[at] = fitting;
        at += 1;
      }
      if (wrong !== undefined) return;
    }
  };
  // A long flat list of numbers is the usual case, and the fast one.
  if (target instanceof Float32Array && isFlatNumbers(value) && value.length === size) {
    target.set(value);
    at = size;
  } else put([value]);
  if (wrong !== undefined) return { ok: false, wrong };
  return { ok: true, data: strings ?? bytesOf(target as TensorValues), count: at };
}

function isFlatNumbers(value: unknown): value is readonly number[] {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== "number") return false;
  return true;
}

function fitOf(datatype: Datatype): Fit {
  switch (datatype) {
    case "string":
      return (item) => (typeof item === "string" && !item.includes("\0") ? item : undefined);
    case "bool":
      return (item) => (item === true || item === 1 ? 1 : item === false || item === 0 ? 0 : undefined);
    case "float32":
    case "float64":
      return (item) => (typeof item === "number" ? item : undefined);
    case "float16":
      return (item) => (typeof item === "number" ? halfFromNumber(item) : undefined);
    case "int64":
    case "uint64":
      return fitBig(datatype);
    case "int8":
    case "uint8":
    case "int16":
    case "uint16":
    case "int32":
    case "uint32":
      return fitInteger(datatype);
  }
}

function fitInteger(datatype: Datatype): Fit {
  const [low, high] = ranges[datatype] ?? [0, 0];
  return (item) =>
    Number.isInteger(item) && (item as number) >= low && (item as number) <= high ? (item as number) : undefined;
}

/** Numbers as far as JSON has them exactly; beyond, their digits as text. */
function fitBig(datatype: "int64" | "uint64"): Fit {
  const fit = fitInteger(datatype);
  const [low, high] = bigRanges[datatype] ?? [0n, 0n];
  return (item) => {
    if (typeof item !== "string") {
      const fitting = fit(item);
      return fitting === undefined ? undefined : BigInt(fitting);
    }
    if (!/^-?[0-9]{1,20}$/.test(item)) return undefined;
    const big = BigInt(item);
    return big >= low && big <= high ? big : undefined;
  };
}

import { shortestFloat } from "../onnx/short-float.ts";

/** Answers of a deployment are alike: one that held arrays of numbers is followed by others that do. */
let expectsArrays = false;

/**
 * `JSON.stringify`, but typed arrays anywhere inside are arrays of numbers, not `{"0": ...}`. NaN and infinities are null, as
 * JSON has them. Big integers are numbers up to 2^53; a larger one is an error that names its place. What says by `toJSON` how
 * it is written, such as a `Buffer`, is written so.
 */
export function jsonText(value: unknown): string {
  // Values without such arrays, by far the most, cost one search of the text more than `JSON.stringify`.
  const text = expectsArrays ? undefined : plainText(value);
  if (text !== undefined && !mayHoldArray(text)) return text;
  const plain = withPlainArrays(value, "", new Set());
  expectsArrays = plain !== value;
  return text !== undefined && plain === value ? text : JSON.stringify(plain);
}

/** Undefined when only {@link withPlainArrays} can tell what is wrong, and where. */
function plainText(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) return undefined;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Of a big integer. Whatever user code threw in a `toJSON` is thrown again on the second way.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What a typed array becomes in the text: an object of indexes, or an empty one. Strings can hold the same, to no harm. */
function mayHoldArray(text: string): boolean {
  return text.includes('{"0":') || text.includes("{}");
}

/** Of these nothing has to be looked at. */
function isPrimitive(value: unknown): boolean {
  return typeof value === "object" ? value === null : typeof value !== "bigint";
}

/** The same value when nothing in it needs a change, else a copy of what leads to the change. `path` is a JSON pointer. */
function withPlainArrays(value: unknown, path: string, parents: Set<object>): unknown {
  if (isPrimitive(value)) return value;
  const said = sayJson(value, path);
  const plain = plainInside(said, path, parents);
  // Unchanged: `JSON.stringify` asks `toJSON` itself, once.
  return plain === said ? value : plain;
}

function plainInside(value: unknown, path: string, parents: Set<object>): unknown {
  if (typeof value === "bigint") return "toJSON" in BigInt.prototype ? value : exactNumber(value, path);
  if (typeof value !== "object" || value === null || value instanceof DataView) return value;
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? value : numbersOf(value, path);
  if (parents.has(value)) throw new TypeError(`The answer holds itself at "#${path}": it cannot be written as JSON.`);
  parents.add(value);
  const plain = Array.isArray(value) ? plainItems(value, path, parents) : plainFields(value, path, parents);
  parents.delete(value);
  return plain;
}

function plainItems(items: readonly unknown[], path: string, parents: Set<object>): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (isPrimitive(item)) continue;
    const plain = withPlainArrays(item, `${path}/${index}`, parents);
    if (plain !== item) (copy ??= [...items])[index] = plain;
  }
  return copy ?? items;
}

function plainFields(fields: object, path: string, parents: Set<object>): object {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    if (isPrimitive(value)) continue;
    const plain = withPlainArrays(value, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, parents);
    if (plain !== value) (copy ??= { ...fields } as Record<string, unknown>)[name] = plain;
  }
  // It has been asked already.
  if (typeof copy?.["toJSON"] === "function") delete copy["toJSON"];
  return copy ?? fields;
}

/** What `toJSON` says, with the name under which the value stands, as `JSON.stringify` asks it. */
function sayJson(value: unknown, path: string): unknown {
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === "function" ? toJSON.call(value, path.slice(path.lastIndexOf("/") + 1)) : value;
}

function numbersOf(view: ArrayBufferView, path: string): readonly number[] {
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) {
    const numbers = Array.from(view, Number);
    const unsafe = numbers.findIndex((number) => !Number.isSafeInteger(number));
    return unsafe < 0 ? numbers : [exactNumber(view[unsafe] ?? 0n, `${path}/${unsafe}`)];
  }
  // Otherwise 0.1 would be written as 0.10000000149011612.
  if (view instanceof Float32Array) return Array.from(view, shortestFloat);
  return Array.from(view as Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array>);
}

function exactNumber(item: bigint, path: string): number {
  const number = Number(item);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`${item} at "#${path}" of the answer is no number that JSON holds exactly: answer it as text.`);
}

import { handleBrand } from "@sluice/sdk";

/** From this length on an array of numbers is several times faster, and shorter, as msgpack. */
const longNumberArray = 16;
const maxDepth = 64;

/** True when JSON carries the value without loss and fast: then the native codec beats every library. */
export function isJsonSafe(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      if (depth > maxDepth) return false;
      return Array.isArray(value) ? isSafeArray(value, depth) : isSafeObject(value, depth);
    case "bigint":
    case "function":
    case "symbol":
    case "undefined":
      return false;
  }
}

function isSafeArray(items: readonly unknown[], depth: number): boolean {
  if (items.length >= longNumberArray && typeof items[0] === "number") return false;
  for (let at = 0; at < items.length; at += 1) if (!isJsonSafe(items[at], depth + 1)) return false;
  return true;
}

/** A property that is undefined is left out by both codecs. */
function isSafeObject(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || handleBrand in value) return false;
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined && !isJsonSafe(inner, depth + 1)) return false;
  }
  return true;
}

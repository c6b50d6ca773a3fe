/**
 * Copies `value` with every match inside arrays and plain objects replaced. Class instances, maps and functions are
 * passed through untouched: copying them could break them.
 */
export function mapNested<T>(
  value: unknown,
  matches: (inner: unknown) => inner is T,
  replace: (match: T) => unknown,
): unknown {
  if (matches(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapNested(item, matches, replace));
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapNested(item, matches, replace)]));
  }
  return value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

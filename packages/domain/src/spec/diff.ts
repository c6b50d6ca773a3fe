import { canonicalJson } from "./canonical-json.ts";
import type { JsonLike } from "./canonical-json.ts";

/** One changed field; an absent side means that the field was added or removed. */
export interface SpecChange {
  /** RFC 6901 JSON pointer fragment, e.g. `#/deployments/0/num_replicas`. */
  readonly pointer: string;
  readonly before?: JsonLike;
  readonly after?: JsonLike;
}

/**
 * Field-level difference of two JSON values, in order of fields. Lists of objects that all carry a unique `name`
 * (deployments) are matched by it, so that an insertion does not show every later entry as changed; other lists are
 * compared by position. Pointers of matched entries are those of the new value (of the old one for removed entries).
 */
export function diffSpecs(before: JsonLike, after: JsonLike): SpecChange[] {
  return diffAt("#", before, after);
}

function diffAt(pointer: string, before: JsonLike | undefined, after: JsonLike | undefined): SpecChange[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ pointer, after: after ?? null }];
  if (after === undefined) return [{ pointer, before }];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diffAt(`${pointer}/${escapePointer(key)}`, before[key], after[key]));
  }
  if (isList(before) && isList(after)) return diffLists(pointer, before, after);
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ pointer, before, after }];
}

function diffLists(pointer: string, before: readonly JsonLike[], after: readonly JsonLike[]): SpecChange[] {
  const oldNames = namesOf(before);
  const newNames = namesOf(after);
  if (oldNames === undefined || newNames === undefined) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) => diffAt(`${pointer}/${i}`, before[i], after[i])).flat();
  }
  const kept = newNames.flatMap((name, i) => {
    const oldIndex = oldNames.indexOf(name);
    return diffAt(`${pointer}/${i}`, oldIndex === -1 ? undefined : before[oldIndex], after[i]);
  });
  const removed = oldNames.flatMap((name, i) =>
    newNames.includes(name) ? [] : diffAt(`${pointer}/${i}`, before[i], undefined),
  );
  return [...kept, ...removed];
}

/** The `name` of every entry, or undefined unless all have one and no two are equal. */
function namesOf(list: readonly JsonLike[]): string[] | undefined {
  const names = list.map((entry) => (isRecord(entry) ? entry["name"] : undefined));
  const texts = names.filter((name): name is string => typeof name === "string");
  return texts.length === list.length && new Set(texts).size === texts.length ? texts : undefined;
}

/** RFC 6901 escaping of one reference token. */
export function escapePointer(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isRecord(value: JsonLike): value is { readonly [key: string]: JsonLike | undefined } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isList(value: JsonLike): value is readonly JsonLike[] {
  return Array.isArray(value);
}

import { Prisma } from "../generated/client.ts";

/** What Postgres refuses inside jsonb, as JSON.stringify writes it: NUL and halves of surrogate pairs. */
const REFUSED_BY_JSONB = /\\u(?:0000|d[89a-f])/;

/** For a JSON column. Everything that goes in was parsed by a contract, so it is JSON; characters Postgres refuses become U+FFFD. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  const isClean = !REFUSED_BY_JSONB.test(JSON.stringify(value) ?? "");
  return (isClean ? value : cleanJson(value)) as Prisma.InputJsonValue;
}

/** For a text column that may hold what user code wrote: Postgres refuses NUL, and half a surrogate pair is no UTF-8. */
export function toText(value: string): string {
  return value.replaceAll("\0", "\uFFFD").replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}

function cleanJson(value: unknown): unknown {
  if (typeof value === "string") return toText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [toText(key), cleanJson(inner)]));
}

/** For a JSON column that may be null. */
export function toNullableJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null || value === undefined ? Prisma.DbNull : toJson(value);
}

/** From a JSON column: `T` is the contract that the schema names for the column. */
export function fromJson<T>(value: unknown): T {
  return value as T;
}

/** From a text column that holds one of a closed set. */
export function oneOf<const T extends readonly string[]>(allowed: T, value: string): T[number] {
  if (!allowed.includes(value))
    throw new Error(`The database holds \`${value}\`, which is none of ${allowed.join(", ")}.`);
  return value;
}

export function toMs(value: Date): number {
  return value.getTime();
}

export function toNullableMs(value: Date | null): number | null {
  return value === null ? null : value.getTime();
}

export function toNullableDate(valueMs: number | null): Date | null {
  return valueMs === null ? null : new Date(valueMs);
}

/** Leaves out the fields that are undefined, so that a patch touches only what it names. */
export function defined<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

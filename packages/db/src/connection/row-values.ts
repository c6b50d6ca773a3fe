import { Prisma } from "../generated/client.ts";

/** For a JSON column. Everything that goes in was parsed by a contract, so it is JSON. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return value as Prisma.InputJsonValue;
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
  if (!allowed.includes(value)) throw new Error(`The database holds \`${value}\`, which is none of ${allowed.join(", ")}.`);
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

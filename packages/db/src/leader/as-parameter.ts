import { toJson } from "../connection/row-values.ts";

/** One JSON parameter for all rows of a statement; characters that Postgres refuses are replaced. */
export function asParameter(rows: unknown): string {
  return JSON.stringify(toJson(rows));
}

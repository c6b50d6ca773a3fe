import { SluiceError } from "@sluice/contracts";

/** One page of a list; `nextCursor` is null on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface PageRequest {
  /** 1..1000, default 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export function limitOf(request: PageRequest): number {
  return Math.min(MAX_LIMIT, Math.max(1, Math.trunc(request.limit ?? DEFAULT_LIMIT)));
}

/** Cursors are opaque to callers: the sort key of the last item, in base64url. */
export function cursorText(request: PageRequest): string | null {
  return request.cursor === undefined ? null : Buffer.from(request.cursor, "base64url").toString("utf8");
}

/** The same for lists that are sorted by a whole number. */
export function cursorNumber(request: PageRequest): number | null {
  const text = cursorText(request);
  if (text === null) return null;
  const value = Number(text);
  if (text === "" || !Number.isSafeInteger(value)) {
    throw new SluiceError({ code: "request/invalid", publicMessage: "`cursor` is not one that this list gave out." });
  }
  return value;
}

/** Makes a page of `limit` items from `limit + 1` loaded ones. */
export function pageOf<T>(loaded: readonly T[], limit: number, keyOf: (item: T) => string | number): Page<T> {
  const items = loaded.slice(0, limit);
  const last = items.at(-1);
  const hasMore = loaded.length > limit && last !== undefined;
  return { items, nextCursor: hasMore ? Buffer.from(String(keyOf(last)), "utf8").toString("base64url") : null };
}

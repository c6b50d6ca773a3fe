import { SluiceError } from "@sluice/contracts";
import type { PageOf } from "@sluice/contracts";
import type { PageInput } from "../api-use-cases.ts";

/** Cuts a page out of a list that is small enough to be loaded whole; the cursor is the key of the last item, base64url. */
export function pageOfList<T>(all: readonly T[], input: PageInput, keyOf: (item: T) => string): PageOf<T> {
  const start = input.cursor === undefined ? 0 : startAfter(all, input.cursor, keyOf);
  const items = all.slice(start, start + input.limit);
  const last = items.at(-1);
  const hasMore = start + items.length < all.length && last !== undefined;
  return { items, next_cursor: hasMore ? Buffer.from(keyOf(last)).toString("base64url") : null };
}

function startAfter<T>(all: readonly T[], cursor: string, keyOf: (item: T) => string): number {
  const key = Buffer.from(cursor, "base64url").toString("utf8");
  const index = all.findIndex((item) => keyOf(item) === key);
  if (index >= 0) return index + 1;
  throw new SluiceError({
    code: "request/invalid",
    publicMessage: "`cursor` points at something that is gone. Start again without it.",
  });
}

import { z } from "zod";

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1, "1 to 500.").max(500, "1 to 500.").default(100),
  cursor: z.string().optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** Every list answers in this shape; `next_cursor` is null on the last page. */
export function Page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
export interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
}

/** ISO 8601 with milliseconds, UTC. */
export const Timestamp = z.iso.datetime();

import { z } from "zod";

/** What a client is told when `max_queued_requests` wait already. */
export const BackpressureConfig = z.strictObject({
  status_code: z.literal([503, 429], "503 or 429.").optional(),
  /** `Retry-After`, rounded up to whole seconds; null = as the gateway is set. */
  retry_after_s: z.number().nonnegative("At least 0 seconds.").nullable().optional(),
});
export type BackpressureConfig = z.infer<typeof BackpressureConfig>;

export const ResolvedBackpressure = z.strictObject({
  status_code: z.literal([503, 429]),
  retry_after_s: z.number().nullable(),
});
export type ResolvedBackpressure = z.infer<typeof ResolvedBackpressure>;

/** Undefined where nothing is said: the gateway's own setting holds. */
export function resolveBackpressure(written: BackpressureConfig | undefined): ResolvedBackpressure | undefined {
  if (written === undefined) return undefined;
  return { status_code: written.status_code ?? 503, retry_after_s: written.retry_after_s ?? null };
}

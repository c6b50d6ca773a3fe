export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

export const linkBackoff: BackoffOptions = { minMs: 100, maxMs: 5_000 };

/**
 * Wait before the n-th try (n = 1, 2, ...): full jitter over [minMs, min(maxMs, minMs * 2^(n-1))], so that many peers
 * that lost the same controller do not come back in step. `random` is in [0, 1).
 */
export function decideBackoffMs(
  attempt: number,
  random: number,
  { minMs, maxMs }: BackoffOptions = linkBackoff,
): number {
  const ceilingMs = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
  return minMs + random * (ceilingMs - minMs);
}

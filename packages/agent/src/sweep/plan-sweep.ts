/** Something on disk that nobody needs for running, and when somebody last did. */
export interface Leftover {
  readonly name: string;
  readonly bytes: number;
  readonly lastUsedMs: number;
}

export interface SweepLimits {
  /** What was not used for so long goes. */
  readonly maxAgeMs: number;
  /** All leftovers together, with `keptBytes`, may take so much; the oldest go first. */
  readonly maxBytes: number;
  /** What was used just now stays in any case: somebody may be about to use it again. */
  readonly minAgeMs: number;
}

export interface SweepStep {
  readonly name: string;
  readonly reason: string;
}

/** What to remove, oldest first, and why. `keptBytes` = what is in use and counts against the limit, but is no leftover. */
export function planSweep(
  leftovers: readonly Leftover[],
  keptBytes: number,
  limits: SweepLimits,
  nowMs: number,
): SweepStep[] {
  let totalBytes = leftovers.reduce((sum, { bytes }) => sum + bytes, keptBytes);
  return [...leftovers]
    .sort((a, b) => a.lastUsedMs - b.lastUsedMs)
    .flatMap(({ name, bytes, lastUsedMs }) => {
      const ageMs = nowMs - lastUsedMs;
      if (ageMs < limits.minAgeMs) return [];
      const isOver = totalBytes > limits.maxBytes;
      if (ageMs < limits.maxAgeMs && !isOver) return [];
      const reason =
        ageMs >= limits.maxAgeMs
          ? `not used for ${hours(ageMs)}`
          : `${mebibytes(totalBytes)} of ${mebibytes(limits.maxBytes)} are taken, and this was used longest ago`;
      totalBytes -= bytes;
      return [{ name, reason }];
    });
}

function hours(ms: number): string {
  return `${Math.floor(ms / 3_600_000)} h`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}

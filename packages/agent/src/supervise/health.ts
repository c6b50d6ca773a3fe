/** Consecutive failed probes after which a replica counts as unhealthy (Ray Serve's threshold). */
export const unhealthyThreshold = 3;

/** A replica that says it is ready is asked this often until it confirms. */
const readinessPeriodMs = 500;

/** Share of the period by which a probe may come earlier or later, so that replicas are not asked in step. */
const spread = 0.1;

export interface HealthTrack {
  /** Failures in a row. */
  readonly failures: number;
  readonly nextAtMs: number;
  /** When the last probe was over; null before the first. */
  readonly overAtMs: number | null;
  readonly outstanding: { readonly probeId: number; readonly sentAtMs: number } | null;
  readonly message: string;
}

export function startHealth(nowMs: number): HealthTrack {
  return { failures: 0, nextAtMs: nowMs, overAtMs: null, outstanding: null, message: "" };
}

export interface ProbeSettings {
  readonly periodMs: number;
  readonly timeoutMs: number;
  /** False until the readiness probe was answered. */
  readonly isReady: boolean;
  /** In [0, 1): where within the spread. */
  readonly random: number;
}

/** What to do with a replica's probe now. */
export function decideProbe(track: HealthTrack, settings: ProbeSettings, nowMs: number): "send" | "time out" | "wait" {
  if (track.outstanding !== null) return nowMs - track.outstanding.sentAtMs >= settings.timeoutMs ? "time out" : "wait";
  // A period that was made shorter meanwhile counts at once, not after the longer one.
  const latestMs = (track.overAtMs ?? Number.POSITIVE_INFINITY) + settings.periodMs * (1 + spread);
  return nowMs >= Math.min(track.nextAtMs, latestMs) ? "send" : "wait";
}

export function afterProbe(
  track: HealthTrack,
  ok: boolean,
  message: string,
  settings: ProbeSettings,
  nowMs: number,
): HealthTrack {
  const spreadMs = settings.periodMs * (1 - spread + 2 * spread * settings.random);
  return {
    failures: ok ? 0 : track.failures + 1,
    nextAtMs: nowMs + (settings.isReady ? spreadMs : Math.min(readinessPeriodMs, spreadMs)),
    overAtMs: nowMs,
    outstanding: null,
    message,
  };
}

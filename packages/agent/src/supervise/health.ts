/** Consecutive failed probes after which a replica counts as unhealthy (Ray Serve's threshold). */
export const unhealthyThreshold = 3;

/** A replica that says it is ready is asked this often until it confirms. */
const readinessPeriodMs = 500;

export interface HealthTrack {
  /** Failures in a row. */
  readonly failures: number;
  readonly nextAtMs: number;
  readonly outstanding: { readonly probeId: number; readonly sentAtMs: number } | null;
  readonly message: string;
}

export function startHealth(nowMs: number): HealthTrack {
  return { failures: 0, nextAtMs: nowMs, outstanding: null, message: "" };
}

export interface ProbeSettings {
  readonly periodMs: number;
  readonly timeoutMs: number;
  /** False until the readiness probe was answered. */
  readonly isReady: boolean;
  /** In [0, 1): spreads probes over period * 0.9..1.1, so that replicas are not asked in step. */
  readonly random: number;
}

/** What to do with a replica's probe now. */
export function decideProbe(track: HealthTrack, settings: ProbeSettings, nowMs: number): "send" | "time out" | "wait" {
  if (track.outstanding !== null) return nowMs - track.outstanding.sentAtMs >= settings.timeoutMs ? "time out" : "wait";
  return nowMs >= track.nextAtMs ? "send" : "wait";
}

export function afterProbe(
  track: HealthTrack,
  ok: boolean,
  message: string,
  settings: ProbeSettings,
  nowMs: number,
): HealthTrack {
  const spreadMs = settings.periodMs * (0.9 + 0.2 * settings.random);
  return {
    failures: ok ? 0 : track.failures + 1,
    nextAtMs: nowMs + (settings.isReady ? spreadMs : Math.min(readinessPeriodMs, spreadMs)),
    outstanding: null,
    message,
  };
}

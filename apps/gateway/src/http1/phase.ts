import type { EdgeLimits } from "../edge/limits.ts";

/**
 * idle -> head -> body -> answering -> idle ...; `tunnel` after 101; `lingering` once the last answer was written and the client
 * may still be sending (closing at once could cost it the answer, RFC 9112 9.6).
 */
export type Phase = "idle" | "head" | "body" | "answering" | "tunnel" | "lingering" | "closed";

/** What a connection waits for, and for how long. Times in milliseconds. */
export interface Wait {
  readonly phase: Phase;
  /** Since the phase began or its data last moved. */
  readonly forMs: number;
  /** Since the last answer was written, for `lingering`. */
  readonly lingeringMs: number;
  /** The gateway itself does not want more of the body now. */
  readonly isPaused: boolean;
  /** Bytes of an answer that the client has not taken yet. */
  readonly unsentBytes: number;
}

/** A client that still sends after its last answer may go on this long without a pause, and pause this long. */
const lingerTotalMs = 10_000;
const lingerPauseMs = 2_000;

export type WaitVerdict = "wait" | "close" | "head late" | "body stalled";

/** What to do about a client that takes its time. */
export function judgeWait(wait: Wait, limits: EdgeLimits): WaitVerdict {
  const { phase, forMs } = wait;
  // Whoever takes its answer, however slowly, is not idle.
  if (wait.unsentBytes > 0 && phase !== "body") return forMs > limits.stallTimeoutMs ? "close" : "wait";
  switch (phase) {
    case "idle":
      return forMs > limits.keepAliveTimeoutMs ? "close" : "wait";
    case "head":
      return forMs > limits.headTimeoutMs ? "head late" : "wait";
    case "body":
      return !wait.isPaused && forMs > limits.stallTimeoutMs ? "body stalled" : "wait";
    case "lingering":
      return forMs > lingerPauseMs || wait.lingeringMs > lingerTotalMs ? "close" : "wait";
    case "answering":
    case "tunnel":
    case "closed":
      return "wait";
  }
}

/** How often clients must be looked at: a quarter of the shortest limit, so that none is overrun by more, and at least each second. */
export function sweepIntervalMs({ headTimeoutMs, stallTimeoutMs, keepAliveTimeoutMs }: EdgeLimits): number {
  return Math.max(10, Math.min(1_000, headTimeoutMs / 4, stallTimeoutMs / 4, keepAliveTimeoutMs / 4));
}

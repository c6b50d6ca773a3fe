import type { TryOutcome } from "@sluice/router";
import { WireError } from "@sluice/wire";

/** What a failed try means for the next one. */
export function outcomeOf(error: WireError): TryOutcome {
  if (error.outcome === "taken") return "taken";
  if (error.code === "not_begun") return "never_begun";
  return error.code === "going_away" ? "above_goaway" : "never_written";
}

/** The replica itself is in doubt, not only this request. */
export function isConnectionLoss(error: WireError): boolean {
  return error.code !== "cancelled" && error.code !== "deadline_exceeded" && error.code !== "rejected";
}

export function asWireError(error: unknown): WireError {
  return error instanceof WireError
    ? error
    : new WireError("internal", error instanceof Error ? error.message : String(error), "safe", error);
}

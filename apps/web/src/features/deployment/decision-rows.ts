/** Decisions of the past as rows of a table, from the events that carry their numbers. Pure. */
import type { EventView } from "@sluice/contracts";

export interface DecisionRow {
  readonly id: string;
  readonly at: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly requests: number | null;
  readonly queued: number | null;
  readonly sent: number | null;
  readonly load: number | null;
  readonly perReplica: number | null;
  readonly desired: number | null;
  readonly afterFactor: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly delayMs: number | null;
  readonly revision: number | null;
  /** The whole decision in one sentence. */
  readonly reason: string;
}

/** Newest first; only those of one deployment. */
export function listDecisions(events: readonly EventView[], deployment: string): DecisionRow[] {
  return events
    .filter((event) => event.reason === "Autoscaled" && event.deployment === deployment)
    .map((event) => {
      const number = (name: string): number | null => {
        const value = event.numbers[name];
        return typeof value === "number" ? value : null;
      };
      return {
        id: event.id,
        at: event.at,
        from: number("before"),
        to: number("target"),
        requests: number("requests"),
        queued: number("queued"),
        sent: number("sent"),
        load: number("load"),
        perReplica: number("target_ongoing_requests"),
        desired: number("desired"),
        afterFactor: number("after_factor"),
        min: number("min_replicas"),
        max: number("max_replicas"),
        delayMs: number("delay_ms"),
        revision: event.revision,
        reason: event.message.startsWith(`${deployment}: `)
          ? event.message.slice(deployment.length + 2)
          : event.message,
      };
    });
}

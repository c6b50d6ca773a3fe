/**
 * Gateways whose links were lost without a goodbye. A gateway serves on without its controller, by the last table it had: until it
 * is back, or was away for so long that it counts as dead, replicas that only its old weights lead to are not taken from it.
 *
 * While other gateways are linked, one that is away has most likely died, and an update waits for it only a little. When none is
 * linked at all, it is rather the way to them that is broken while every one of them serves: a drain now would be an outage.
 */
import type { RoutingSlice, SliceVersion } from "@sluice/contracts";
import { isAtLeast } from "../routing/slice-table.ts";

const whileOthersAreLinkedMs = 30_000;
const whileNoneIsLinkedMs = 10 * 60_000;

interface Lost {
  /** What it had in force when it was lost; null = it was linked to a former leader. */
  readonly applied: ReadonlyMap<string, SliceVersion> | null;
  readonly lostAtMs: number;
}

export interface AwaitedQuestion {
  readonly application: string;
  /** The slice that carries the weights in force. */
  readonly wanted: Pick<RoutingSlice, "epoch" | "version">;
  /** All gateways had these weights at some time, a former leader's included. */
  readonly wereInForce: boolean;
  /** Gateways that are linked now. */
  readonly linked: number;
}

export class AwaitedGateways {
  readonly #lost = new Map<string, Lost>();

  lose(gatewayId: string, lost: Lost): void {
    for (const [id, { lostAtMs }] of this.#lost) {
      if (lostAtMs + whileNoneIsLinkedMs < lost.lostAtMs) this.#lost.delete(id);
    }
    this.#lost.set(gatewayId, lost);
  }

  /** It is back, or said goodbye. */
  settle(gatewayId: string): void {
    this.#lost.delete(gatewayId);
  }

  /** Until when weights do not count as known to all, whatever the linked ones confirm; null = nobody is awaited. */
  untilMs({ application, wanted, wereInForce, linked }: AwaitedQuestion): number | null {
    const patienceMs = linked > 0 ? whileOthersAreLinkedMs : whileNoneIsLinkedMs;
    const dues = [...this.#lost.values()]
      .filter(({ applied }) => (applied === null ? !wereInForce : !isAtLeast(applied.get(application), wanted)))
      .map(({ lostAtMs }) => lostAtMs + patienceMs);
    return dues.length === 0 ? null : Math.max(...dues);
  }
}

/**
 * Gateways whose links were lost without a goodbye. A gateway serves on without its controller, by the last table it had: until it
 * has the weights, or was away for so long that it counts as dead, replicas that only its old weights lead to are not taken from it.
 *
 * While other gateways are linked, one that is away has most likely died, and an update waits for it only a little. When none is
 * linked at all, it is rather the way to them that is broken while every one of them serves: a drain now would be an outage. The
 * first one back says that the way is there again: from then on the others have the same little time to come.
 */
import type { RoutingSlice, SliceVersion } from "@sluice/contracts";
import { isAtLeast } from "../routing/slice-table.ts";

const whileOthersAreLinkedMs = 30_000;
/** Nobody is awaited for longer, whatever comes and goes meanwhile. */
export const mostPatienceMs = 10 * 60_000;

export interface LostGateway {
  /** As people know it. */
  readonly name: string;
  /** What it had in force when it was last heard of. */
  readonly applied: ReadonlyMap<string, SliceVersion>;
  readonly lostAtMs: number;
}

type Version = Pick<RoutingSlice, "epoch" | "version">;

/** Weights of an application that all gateways are to have. */
export interface AwaitedWeights {
  readonly application: string;
  /** The slice that carries them. */
  readonly wanted: Version;
  /** The slice that carried them under a former leader; null = they are newer, or it never saw them everywhere. */
  readonly former: Version | null;
  /** The application goes: what a gateway that is cut off still sends to it is not worth a long wait. */
  readonly isDeleting: boolean;
}

export interface Awaited {
  /** Weights do not count as known to all before, whatever the linked ones confirm. */
  readonly untilMs: number;
  /** Names of the gateways that are cut off. */
  readonly gateways: readonly string[];
}

export class AwaitedGateways {
  readonly #lost = new Map<string, LostGateway>();
  /** Back, but not known to have what it was sent: another loss is not a new one. */
  readonly #returned = new Map<string, LostGateway>();
  #linkedSinceMs = Number.NEGATIVE_INFINITY;

  /** The first one is linked after a time without any. */
  noteFirstLink(atMs: number): void {
    this.#linkedSinceMs = atMs;
  }

  /** Answers since when it counts as lost: one that comes and goes without ever taking over the weights is away all the time. */
  lose(gatewayId: string, lost: LostGateway): number {
    for (const [id, { lostAtMs }] of this.#lost) if (lostAtMs + mostPatienceMs < lost.lostAtMs) this.#lost.delete(id);
    const lostAtMs = this.#returned.get(gatewayId)?.lostAtMs ?? lost.lostAtMs;
    this.#returned.delete(gatewayId);
    this.#lost.set(gatewayId, { ...lost, lostAtMs });
    return lostAtMs;
  }

  /** Since when it counts as lost; null = it is not awaited. */
  lostSinceMs(gatewayId: string): number | null {
    return this.#lost.get(gatewayId)?.lostAtMs ?? null;
  }

  /** It is linked again. */
  welcome(gatewayId: string): void {
    const lost = this.#lost.get(gatewayId);
    if (lost !== undefined) this.#returned.set(gatewayId, lost);
    this.#lost.delete(gatewayId);
  }

  /** It took over what it was sent, or said goodbye. */
  settle(gatewayId: string): void {
    this.#lost.delete(gatewayId);
    this.#returned.delete(gatewayId);
  }

  /** Null = nobody is awaited. `linked`: gateways that are linked now. */
  find(weights: AwaitedWeights, linked: number): Awaited | null {
    const missing = [...this.#lost.values()].filter(({ applied }) => !hasWeights(applied, weights));
    if (missing.length === 0) return null;
    const dueMs = ({ lostAtMs }: LostGateway): number => {
      if (weights.isDeleting) return lostAtMs + whileOthersAreLinkedMs;
      const mostMs = lostAtMs + mostPatienceMs;
      return linked === 0 ? mostMs : Math.min(mostMs, Math.max(lostAtMs, this.#linkedSinceMs) + whileOthersAreLinkedMs);
    };
    const untilMs = Math.max(...missing.map(dueMs));
    return { untilMs, gateways: missing.map(({ name }) => name).sort() };
  }
}

/** What a gateway has in force carries these weights. */
export function hasWeights(
  applied: ReadonlyMap<string, SliceVersion>,
  { application, wanted, former }: Pick<AwaitedWeights, "application" | "wanted" | "former">,
): boolean {
  const seen = applied.get(application);
  return isAtLeast(seen, wanted) || (former !== null && isAtLeast(seen, former));
}

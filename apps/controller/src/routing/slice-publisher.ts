/**
 * Keeps routers up to date: an application whose slice changed is sent to all gateways and to the agents that host it. It
 * remembers which version carried the weights in force first, so that it can tell when they have arrived everywhere.
 */
import type { Application, TrafficInForce } from "@sluice/db";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { Awaited } from "../gateways/awaited-gateways.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import type { ApplicationFacts } from "../reconcile/load-facts.ts";
import { buildSlice } from "./build-slice.ts";
import { sliceFacts } from "./slice-facts.ts";
import type { SliceTable } from "./slice-table.ts";
import { TrafficMarks, type Travel } from "./traffic-marks.ts";

export interface SlicePublisherOptions {
  readonly context: LeaderParts;
  readonly slices: SliceTable;
  readonly gateways: Pick<GatewaySessions, "publish" | "isInForce" | "awaited">;
  readonly agents: Pick<AgentSessions, "publish">;
}

/** The first version of this epoch's slices that had these weights. */
interface Carrier {
  /** Its name: gateways know no ids. */
  readonly application: string;
  readonly weights: string;
  readonly epoch: number;
  readonly version: number;
  /** The version that carried them to all gateways under a former leader; null = none did. */
  readonly former: { readonly epoch: number; readonly version: number } | null;
}

export class SlicePublisher {
  readonly #options: SlicePublisherOptions;
  /** By application id. */
  readonly #carriers = new Map<string, Carrier>();
  readonly #marks: TrafficMarks;

  constructor(options: SlicePublisherOptions) {
    this.#options = options;
    this.#marks = new TrafficMarks(options.context, (id, effective) => this.#travelOf(id, effective));
  }

  async stop(): Promise<void> {
    await this.#marks.stop();
  }

  /** Sends the slice of these facts where it is new, and notes how far the weights have travelled. */
  publish(facts: ApplicationFacts): void {
    const { slices, gateways, agents } = this.#options;
    const { application, effective } = facts;
    const changed = slices.put(buildSlice(sliceFacts(facts)));
    if (changed !== null) {
      gateways.publish([changed], []);
      agents.publish([changed]);
    }
    const slice = slices.get(application.name);
    if (effective === null || slice === undefined) return;
    this.#carry(application, effective, slice);
    if (this.#marks.isDue(application.id, effective)) this.#marks.add(application.id);
  }

  /** Every connected gateway, and at least one, has confirmed a slice with the weights in force. */
  isAcknowledged(application: Application, effective: TrafficInForce | null): boolean {
    const carrier = this.#carriers.get(application.id);
    if (carrier === undefined || carrier.weights !== weightsOf(effective)) return false;
    return this.#options.gateways.isInForce(application.name, carrier);
  }

  /** Gateways that may serve by earlier weights; null = none is awaited. */
  awaited(application: Application, effective: TrafficInForce | null): Awaited | null {
    const carrier = this.#carriers.get(application.id);
    if (effective === null || carrier === undefined || carrier.weights !== weightsOf(effective)) return null;
    return this.#options.gateways.awaited({
      application: application.name,
      wanted: carrier,
      former: carrier.former,
      isDeleting: application.deletingAtMs !== null,
    });
  }

  /** Takes an application that is gone off the gateways; a new one that took its name stays. */
  withdraw(applicationId: string): void {
    const { slices, gateways } = this.#options;
    this.#carriers.delete(applicationId);
    const name = slices.remove(applicationId);
    if (name !== null) gateways.publish([], [name]);
  }

  #carry(
    application: Application,
    effective: TrafficInForce,
    slice: { readonly epoch: number; readonly version: number },
  ): void {
    const weights = weightsOf(effective);
    if (this.#carriers.get(application.id)?.weights === weights) return;
    const { epoch, version } = slice;
    const { inForceAtMs, sliceEpoch, sliceVersion } = effective;
    const former = inForceAtMs === null ? null : { epoch: sliceEpoch, version: sliceVersion };
    this.#carriers.set(application.id, { application: application.name, weights, epoch, version, former });
  }

  #travelOf(applicationId: string, effective: TrafficInForce): Travel | null {
    const carrier = this.#carriers.get(applicationId);
    if (carrier === undefined || carrier.weights !== weightsOf(effective)) return null;
    const isInForce = this.#options.gateways.isInForce(carrier.application, carrier);
    return { sliceEpoch: carrier.epoch, sliceVersion: carrier.version, isInForce };
  }
}

function weightsOf(effective: TrafficInForce | null): string {
  return JSON.stringify((effective?.variants ?? []).map(({ revision, weight }) => [revision, weight]));
}

/**
 * Keeps routers up to date: an application whose slice changed is sent to all gateways and to the agents that host it. It
 * remembers which version carried the weights in force first, so that it can tell when they have arrived everywhere.
 */
import {
  fenced,
  markTrafficInForce,
  notify,
  saveTrafficSlice,
  type Application,
  type TrafficInForce,
  type Tx,
} from "@sluice/db";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import type { ApplicationFacts } from "../reconcile/load-facts.ts";
import { buildSlice } from "./build-slice.ts";
import { sliceFacts } from "./slice-facts.ts";
import type { SliceTable } from "./slice-table.ts";

export interface SlicePublisherOptions {
  readonly context: LeaderContext;
  readonly slices: SliceTable;
  readonly gateways: GatewaySessions;
  readonly agents: AgentSessions;
}

/** The first version of this epoch's slices that had these weights. */
interface Carrier {
  readonly weights: string;
  readonly epoch: number;
  readonly version: number;
}

export class SlicePublisher {
  readonly #options: SlicePublisherOptions;
  /** By application id. */
  readonly #carriers = new Map<string, Carrier>();

  constructor(options: SlicePublisherOptions) {
    this.#options = options;
  }

  /** Sends the slice of these facts where it is new, and notes how far the weights have travelled. */
  async publish(facts: ApplicationFacts): Promise<void> {
    const { slices, gateways, agents } = this.#options;
    const { application, effective } = facts;
    const changed = slices.put(buildSlice(sliceFacts(facts)));
    if (changed !== null) {
      gateways.publish([changed], []);
      agents.publish([changed]);
    }
    const slice = slices.get(application.name);
    if (effective === null || slice === undefined) return;
    const carrier = this.#carry(application, effective, slice);
    if (effective.sliceEpoch !== carrier.epoch || effective.sliceVersion !== carrier.version) {
      await this.#write((tx) => saveTrafficSlice(tx, application.id, carrier));
    }
    if (effective.inForceAtMs === null && this.isAcknowledged(application, effective)) {
      await this.#write(async (tx) => {
        await markTrafficInForce(tx, application.id, this.#options.context.now());
        await notify(tx, "sluice_status", { applicationId: application.id });
      });
    }
  }

  /** Every connected gateway, and at least one, has confirmed a slice with the weights in force. */
  isAcknowledged(application: Application, effective: TrafficInForce | null): boolean {
    const carrier = this.#carriers.get(application.id);
    if (carrier === undefined || carrier.weights !== weightsOf(effective)) return false;
    return this.#options.gateways.isInForce(application.name, carrier);
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
  ): Carrier {
    const weights = weightsOf(effective);
    const known = this.#carriers.get(application.id);
    if (known?.weights === weights) return known;
    const carrier: Carrier = { weights, epoch: slice.epoch, version: slice.version };
    this.#carriers.set(application.id, carrier);
    return carrier;
  }

  async #write(work: (tx: Tx) => Promise<void>): Promise<void> {
    const { database, epoch } = this.#options.context;
    await fenced(database, epoch, work);
  }
}

function weightsOf(effective: TrafficInForce | null): string {
  return JSON.stringify((effective?.variants ?? []).map(({ revision, weight }) => [revision, weight]));
}

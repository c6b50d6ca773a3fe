/** Notes how far weights have travelled: which slice carries them, and when the last gateway had them in force. */
import { emptyBatch, type StatusBatch, type TrafficInForce } from "@sluice/db";
import type { LeaderParts } from "../leader/leader-context.ts";
import { GroupWork } from "../order/group-work.ts";

/** How far the weights that are in memory now have travelled; null = nothing is known of them. */
export type TravelOf = (applicationId: string, effective: TrafficInForce) => Travel | null;

export interface Travel {
  readonly sliceEpoch: number;
  readonly sliceVersion: number;
  /** Every connected gateway has confirmed them. */
  readonly isInForce: boolean;
}

/** Applications in one transaction at most. */
const maxMarks = 100;

export class TrafficMarks {
  readonly #context: LeaderParts;
  readonly #travelOf: TravelOf;
  readonly #work: GroupWork<string>;

  constructor(context: LeaderParts, travelOf: TravelOf) {
    this.#context = context;
    this.#travelOf = travelOf;
    this.#work = new GroupWork(
      async (ids) => {
        const distinct = [...new Set(ids)];
        for (let at = 0; at < distinct.length; at += maxMarks) await this.#write(distinct.slice(at, at + maxMarks));
      },
      (error) => context.logger.warn({ err: error }, "how far weights have travelled was not noted; the resync does"),
    );
  }

  /** Whether the row says less than is known. */
  isDue(applicationId: string, effective: TrafficInForce): boolean {
    return this.#marked(applicationId, effective) !== null;
  }

  add(applicationId: string): void {
    this.#work.add(applicationId);
  }

  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #write(applicationIds: readonly string[]): Promise<void> {
    await this.#context.writer.run({ applicationIds }, () => this.#batch(applicationIds));
  }

  #batch(applicationIds: readonly string[]): StatusBatch | null {
    const traffic: (TrafficInForce & { projectId: string })[] = [];
    const notices: string[] = [];
    for (const id of applicationIds) {
      const part = this.#context.state.application(id);
      if (part === undefined || part.traffic === null) continue;
      const marked = this.#marked(id, part.traffic);
      if (marked === null) continue;
      traffic.push({ ...marked, projectId: part.intent.application.projectId });
      if (marked.inForceAtMs !== part.traffic.inForceAtMs) notices.push(id);
    }
    return traffic.length === 0 ? null : { ...emptyBatch, traffic, notices };
  }

  #marked(applicationId: string, effective: TrafficInForce): TrafficInForce | null {
    const travel = this.#travelOf(applicationId, effective);
    if (travel === null) return null;
    const { sliceEpoch, sliceVersion, isInForce } = travel;
    const inForceAtMs = effective.inForceAtMs ?? (isInForce ? this.#context.now() : null);
    const isKnown = effective.sliceEpoch === sliceEpoch && effective.sliceVersion === sliceVersion;
    return isKnown && inForceAtMs === effective.inForceAtMs
      ? null
      : { ...effective, sliceEpoch, sliceVersion, inForceAtMs };
  }
}

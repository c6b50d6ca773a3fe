import type { Database } from "@sluice/db";
import type { ReconcileSettings } from "@sluice/domain";
import type { Logger } from "@sluice/observability";
import type { ClusterState } from "../state/cluster-state.ts";
import type { LeaderStore } from "../state/leader-store.ts";
import type { Sightings } from "../state/sightings.ts";
import type { StateReader } from "../state/state-reader.ts";
import type { StatusWriter } from "../state/status-writer.ts";

/** What decides when: the wall clock, or that of a simulation. */
export interface Clock {
  /** Wall clock in ms. */
  readonly now: () => number;
  /** Runs `work` once after a delay; the answer takes it back. */
  readonly after: (delayMs: number, work: () => void) => () => void;
}

export interface LeaderSettings {
  readonly epoch: number;
  readonly logger: Logger;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  /** Everything is looked at again this often, whatever events said. */
  readonly resyncIntervalMs: number;
  readonly rollouts: ReconcileSettings;
}

/** What the parts work with that decide and tell. */
export interface LeaderParts extends LeaderSettings, Clock {
  readonly store: LeaderStore;
  readonly state: ClusterState;
  readonly reader: StateReader;
  readonly writer: StatusWriter;
  readonly sightings: Sightings;
}

/** What every part of a leadership works with. A new epoch makes a new one; parts keep nothing beyond it. */
export interface LeaderContext extends LeaderParts {
  readonly database: Database;
}

export const wallClock: Clock = {
  now: Date.now,
  after: (delayMs, work) => {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};

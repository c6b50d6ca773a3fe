import type { HostLaunch } from "@sluice/contracts";
import type { PoolRouter, PoolRouters } from "@sluice/router";
import type { ResultStream } from "./result-stream.ts";
import type { KnownSlices } from "./slice-book.ts";
import type { WireConnections } from "./wire-connections.ts";

/** What all calls of a replica have in common. */
export interface CallHost {
  readonly launch: HostLaunch;
  readonly slices: KnownSlices;
  readonly routers: PoolRouters;
  readonly connections: WireConnections;
  /** Slots and models that this replica tells go to this router. */
  bindReplica(replicaId: string, router: PoolRouter): void;
}

/** How a call ends. `onItems` comes first when it streams; then the stream tells its end and its errors. */
export interface CallOutcome {
  readonly onValue: (value: unknown) => void;
  readonly onItems: (stream: ResultStream) => void;
  readonly onError: (error: unknown) => void;
}

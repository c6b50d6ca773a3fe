import type { Clock, LeaderParts, LeaderSettings } from "../leader/leader-context.ts";
import { ClusterState } from "./cluster-state.ts";
import type { LeaderStore } from "./leader-store.ts";
import { Sightings } from "./sightings.ts";
import { StateReader } from "./state-reader.ts";
import { StatusWriter } from "./status-writer.ts";

/** An empty memory over a store, with who fills it and who writes. */
export function createLeaderParts(settings: LeaderSettings, clock: Clock, store: LeaderStore): LeaderParts {
  const state = new ClusterState();
  const reader = new StateReader(store, state);
  const writer = new StatusWriter(store, state, reader);
  return { ...settings, ...clock, store, state, reader, writer, sightings: new Sightings(store) };
}

/** Which events are drawn on charts, and as how many lines. Pure. */
import type { EventView } from "@sluice/contracts";
import type { EventReason, IntentEventReason, NodeEventReason } from "@sluice/domain";
import { eventSentence } from "../../components/events/event-words.ts";
import type { ChartMarker } from "@/components/charts/plot-overlay.tsx";

/**
 * Every reason is judged here; a new one does not compile until it is. Marked is what changes how an application behaves.
 * Not marked: a wait for room, and a change of state that another event already explains.
 */
const isMarked: Readonly<Record<EventReason | NodeEventReason | IntentEventReason, boolean>> = {
  ReplicaReplaced: true,
  ReplicaFailed: true,
  ReplicaUnplaceable: false,
  ReplicaLost: true,
  ReplicaReconfigured: true,
  ScaledUp: true,
  ScaledDown: true,
  Autoscaled: true,
  TrafficChanged: true,
  DeployFailed: true,
  DeployCompleted: true,
  RolloutSteps: false,
  ApplicationState: false,
  ApplicationDeleted: true,
  NodeReady: true,
  NodeUnreachable: true,
  NodeDrained: false,
  RolledBack: true,
  RolloutPaused: true,
  RolloutResumed: true,
  RolloutAborted: true,
  ManuallyScaled: true,
  NodeCordoned: false,
  NodeUncordoned: false,
  NodeDraining: true,
  NodeRemoved: true,
  NodeLabelled: false,
};

/** Two events closer than this share of the range would draw one thick line: they become one marker. */
const mergedShare = 0.012;

/** Markers from left to right; the text of each names all its events. */
export function listMarkers(events: readonly EventView[], rangeMs: number): ChartMarker[] {
  const marked: ReadonlyMap<string, boolean> = new Map(Object.entries(isMarked));
  const moments = events
    .filter((event) => marked.get(event.reason) === true)
    .map((event) => ({ atMs: Date.parse(event.at), text: eventSentence(event.message) }))
    .sort((left, right) => left.atMs - right.atMs);
  const markers: ChartMarker[] = [];
  for (const moment of moments) {
    const last = markers.at(-1);
    if (last === undefined || moment.atMs - last.atMs > rangeMs * mergedShare) markers.push(moment);
    else markers[markers.length - 1] = { atMs: last.atMs, text: `${last.text}\n${moment.text}` };
  }
  return markers;
}

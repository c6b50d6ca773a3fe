import type { MemberGrant, NodeRefusal } from "../placement/placement.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { ApplicationVerdict, PoolStatus, RolloutFacts } from "./snapshot.ts";

/** Codes of events the plan records; the screen groups and colours by them. */
export const eventReasons = [
  "ReplicaReplaced",
  "ReplicaFailed",
  "ReplicaUnplaceable",
  "ReplicaLost",
  "ReplicaReconfigured",
  "ScaledUp",
  "ScaledDown",
  "Autoscaled",
  "TrafficChanged",
  "DeployFailed",
  "DeployCompleted",
  "RolloutSteps",
  "ApplicationState",
  "ApplicationDeleted",
] as const;
export type EventReason = (typeof eventReasons)[number];

/** Codes of events about nodes, recorded where nodes are judged. They belong to no application. */
export const nodeEventReasons = ["NodeReady", "NodeUnreachable", "NodeDrained"] as const;
export type NodeEventReason = (typeof nodeEventReasons)[number];

/** Codes of events about what people asked for, recorded beside the change of intent. */
export const intentEventReasons = [
  "RolledBack",
  "RolloutPaused",
  "RolloutResumed",
  "RolloutAborted",
  "ManuallyScaled",
  "NodeCordoned",
  "NodeUncordoned",
  "NodeDraining",
  "NodeRemoved",
  "NodeLabelled",
] as const;
export type IntentEventReason = (typeof intentEventReasons)[number];

/** An entry of the application's history, with the numbers that led to it. */
export interface PlannedEvent {
  readonly reason: EventReason;
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
  readonly deployment: string | null;
  readonly replicaId: string | null;
  readonly numbers: Readonly<Record<string, number>>;
}

/** What the controller does next. Applied in order, in one transaction, with compare-and-set. */
export type Action =
  /** Insert a replica in stage `pending`. `replaces` gets `replacedBy = replicaId`. */
  | {
      readonly kind: "createReplica";
      readonly replicaId: string;
      readonly poolId: string;
      readonly deployment: string;
      /** Revision the replica is made for (the newest live one that uses the pool). */
      readonly revision: number;
      readonly replaces: string | null;
      readonly reason: string;
    }
  /** pending -> assigned. The replica may be one created earlier in the same plan. */
  | {
      readonly kind: "assignReplica";
      readonly replicaId: string;
      /** All members, by rank. */
      readonly members: readonly MemberGrant[];
      /** Null: as wished; else which of the deployment's `fallbacks` found room. */
      readonly fallback: number | null;
      readonly reason: string;
    }
  /** To another pool of the same version: its process takes on that pool's configuration. */
  | {
      readonly kind: "moveReplica";
      readonly replicaId: string;
      readonly poolId: string;
      readonly deployment: string;
      readonly revision: number;
      readonly reason: string;
    }
  /** Stays pending; `reason` becomes its message. */
  | {
      readonly kind: "refuseReplica";
      readonly replicaId: string;
      readonly reason: string;
      readonly perNode: readonly NodeRefusal[];
    }
  /** -> draining: out of the routing slice, desired `drain` at the agent. */
  | { readonly kind: "drainReplica"; readonly replicaId: string; readonly reason: string }
  /** -> failed with `failureCounted = true`, because its node was lost; the agent's next full set lacks it. */
  | { readonly kind: "failReplica"; readonly replicaId: string; readonly reason: string }
  /** Marks an observed failure as counted (`failureCounted = true`). */
  | { readonly kind: "noteFailure"; readonly replicaId: string; readonly reason: string }
  /** Delete the row: it never ran, or it ended and is old. */
  | { readonly kind: "forgetReplica"; readonly replicaId: string; readonly reason: string }
  /** Replace EffectiveTraffic; the slice of the application changes. An empty list of variants takes it off the gateways. */
  | ({ readonly kind: "setTraffic" } & EffectiveTraffic)
  | ({ readonly kind: "setPoolStatus"; readonly poolId: string; readonly deployment: string } & PoolStatus)
  /** Delete the status row of a pool that no live revision uses and that has no replicas. */
  | { readonly kind: "removePool"; readonly poolId: string; readonly reason: string }
  | ({ readonly kind: "setStatus" } & ApplicationVerdict)
  | ({ readonly kind: "setRollout" } & RolloutFacts)
  /** failedGeneration := generation (of the update), failedReason := reason. */
  | { readonly kind: "failGeneration"; readonly generation: number; readonly reason: string }
  | ({ readonly kind: "recordEvent" } & PlannedEvent)
  /** Everything stopped: delete the application's rows. Always the last action. */
  | { readonly kind: "removeApplication"; readonly reason: string }
  /** Plan again at this time even if nothing happens. */
  | { readonly kind: "wakeAt"; readonly atMs: number; readonly reason: string };

export type ActionKind = Action["kind"];

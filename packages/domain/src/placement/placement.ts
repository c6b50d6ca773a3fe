import type { NodeState } from "../spec/application-status.ts";
import type { Resources } from "./resources.ts";

/** A GPU (or MIG device) as the node reports it. */
export interface GpuDevice {
  readonly uuid: string;
  /** As nvidia-smi names it: `NVIDIA A100-SXM4-80GB`; empty when unknown. */
  readonly model: string;
  /** Memory in all; null when unknown, which no wish is refused for. */
  readonly memoryBytes: number | null;
}

/** One GPU of a node; `used` is the share already given away, 0 (whole GPU free) to 1. */
export interface PlacementGpu extends GpuDevice {
  readonly used: number;
}

/** Room that replicas hold for now and will give back: named in refusals, never given away by placement itself. */
export interface RoomHold {
  /** `revision 3 of shop` */
  readonly label: string;
  /** `leaving`: goes when the update completes. `warm`: kept ready for a rollback. */
  readonly kind: "leaving" | "warm";
  readonly resources: Resources;
}

/** A node without what is used of it. The number of GPUs is `gpus.length`; `capacity.gpus` is not read. */
export interface PlacementNodeFacts {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly state: NodeState;
  /** Why a node that is ready takes nothing new all the same; absent = it does. */
  readonly closedBecause?: string;
  readonly capacity: Resources;
  readonly gpus: readonly GpuDevice[];
  readonly labels: Readonly<Record<string, string>>;
  readonly heldBy?: readonly RoomHold[];
}

/** A node as placement sees it. */
export interface PlacementNode extends PlacementNodeFacts {
  /** Sum over all replicas of all applications that hold room on the node, draining ones included. */
  readonly used: Resources;
  readonly gpus: readonly PlacementGpu[];
}

/** Replicas of a pool that hold room on a node: for spreading and `max_replicas_per_node`. */
export interface PlacedReplica {
  readonly poolId: string;
  readonly nodeId: string;
  /** How many; one when left out. */
  readonly count?: number;
}

/** One process of a replica; rank = its index. Rank 0 takes requests. */
export interface MemberWish {
  readonly resources: Resources;
  /** Ray's `label_selector`: label -> `a`, `!a`, `in(a,b)`, `!in(a,b)`. */
  readonly labelSelector: Readonly<Record<string, string>>;
  readonly acceleratorType: string | null;
  /** GPU memory the member needs in all; null or absent = whatever its GPUs have. */
  readonly vramBytes?: number | null;
}

/**
 * How the members of a replica lie to each other, as Ray's placement groups. PACK: on few nodes, SPREAD: on many, both as
 * far as there is room; STRICT_PACK: on one node or not at all, STRICT_SPREAD: each on another node or not at all.
 */
export const placementStrategies = ["PACK", "SPREAD", "STRICT_PACK", "STRICT_SPREAD"] as const;
export type PlacementStrategy = (typeof placementStrategies)[number];

/** A replica that wants room: all its members, or none. */
export interface PlacementWish {
  readonly replicaId: string;
  readonly poolId: string;
  /** In rank order; one = plain replica. */
  readonly members: readonly MemberWish[];
  readonly strategy: PlacementStrategy;
  /** Other forms of the members (`fallback_strategy`), tried in order when the one before finds no room. */
  readonly fallbacks?: readonly (readonly MemberWish[])[];
  readonly maxReplicasPerNode: number | null;
}

export interface MemberGrant {
  readonly rank: number;
  readonly nodeId: string;
  /** GPUs by UUID: a share names one. */
  readonly gpuUuids: readonly string[];
}

export interface PlacementGrant {
  readonly replicaId: string;
  readonly members: readonly MemberGrant[];
  /** Null: the wish itself; else the index in `fallbacks` of the form that found room. */
  readonly fallback: number | null;
}

/** A smaller value of an option with which the replica would fit; the screen makes a button of it. */
export interface Suggestion {
  readonly option: "num_cpus" | "num_gpus" | "memory";
  readonly value: number;
}

export interface NodeRefusal {
  readonly nodeId: string;
  readonly nodeName: string;
  /** Continues "n1 ..." or, when it begins with "needs", "the replica ...": no full stop. */
  readonly reason: string;
  /** What to change, as a sentence. */
  readonly advice: string | null;
  readonly suggestion: Suggestion | null;
}

export interface PlacementRefusal {
  readonly replicaId: string;
  /** For people: what is missing where it was closest, and what to change. */
  readonly reason: string;
  /** That of the node that comes closest. */
  readonly suggestion: Suggestion | null;
  readonly perNode: readonly NodeRefusal[];
}

export interface PlacementResult {
  readonly placed: readonly PlacementGrant[];
  readonly refused: readonly PlacementRefusal[];
}

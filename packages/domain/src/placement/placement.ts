import type { NodeState } from "../spec/application-status.ts";
import type { Resources } from "./resources.ts";

/** One GPU of a node; `used` is the share already given away, 0 (whole GPU free) to 1. */
export interface PlacementGpu {
  readonly uuid: string;
  readonly used: number;
}

/** A node as placement sees it. The number of GPUs is `gpus.length`; the `gpus` fields of the resources are not read. */
export interface PlacementNode {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly state: NodeState;
  readonly capacity: Resources;
  /** Sum over all replicas of all applications that hold room on the node, draining ones included. */
  readonly used: Resources;
  readonly gpus: readonly PlacementGpu[];
}

/** A replica that holds room on a node: for spreading and `max_replicas_per_node`. */
export interface PlacedReplica {
  readonly poolId: string;
  readonly nodeId: string;
}

/** A replica that wants room. */
export interface PlacementWish {
  readonly replicaId: string;
  readonly poolId: string;
  readonly resources: Resources;
  readonly maxReplicasPerNode: number | null;
}

export interface PlacementGrant {
  readonly replicaId: string;
  readonly nodeId: string;
  readonly gpuUuids: readonly string[];
}

export interface NodeRefusal {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly reason: string;
}

export interface PlacementRefusal {
  readonly replicaId: string;
  /** One sentence for people: what is missing where it was closest, and what to change. */
  readonly reason: string;
  readonly perNode: readonly NodeRefusal[];
}

export interface PlacementResult {
  readonly placed: readonly PlacementGrant[];
  readonly refused: readonly PlacementRefusal[];
}

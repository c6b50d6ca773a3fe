/** What a leader asks of its storage. Every write is fenced by the epoch: a former leader's fails with `controller/stale_epoch`. */
import type { SliceVersion } from "@sluice/contracts";
import type {
  ApplicationGeneration,
  ApplicationRows,
  Gateway,
  Intent,
  Node,
  NodeIntent,
  NodeSighting,
  ReplicaLoad,
  StatusBatch,
} from "@sluice/db";

export interface GatewayHello {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly address: string;
  readonly applied: readonly SliceVersion[];
}

export interface GatewayLoss {
  readonly id: string;
  /** Since when it is away without a goodbye; null = it does not serve on. */
  readonly lostAtMs: number | null;
}

export interface LeaderStore {
  /** All applications with the generation of their intent. */
  listGenerations(): Promise<ApplicationGeneration[]>;
  /** An id that is not in the answer is of an application that is gone. */
  readApplications(ids: readonly string[]): Promise<ApplicationRows[]>;
  readIntents(ids: readonly string[]): Promise<Intent[]>;
  /** Nodes with live replicas of the application. */
  listHostingNodes(applicationId: string): Promise<string[]>;
  /** Those that are not gone; all without ids. */
  readNodes(ids?: readonly string[]): Promise<Node[]>;
  /** What people want of nodes. */
  readNodeIntents(): Promise<NodeIntent[]>;
  /** All of the batch or nothing. Throws `StaleRowsError` when rows are not what the batch was made from. */
  commit(batch: StatusBatch): Promise<void>;
  saveSightings(nodes: readonly NodeSighting[], loads: readonly ReplicaLoad[]): Promise<void>;
  saveGateway(hello: GatewayHello): Promise<void>;
  saveGatewayApplied(gatewayId: string, applied: readonly SliceVersion[]): Promise<void>;
  markGatewaysDisconnected(gateways: readonly GatewayLoss[]): Promise<void>;
  listGateways(): Promise<Gateway[]>;
}

import type { PlacementGpu, PlacementNode } from "../src/placement/placement.ts";
import type { Resources } from "../src/placement/resources.ts";
import type {
  ApplicationFacts,
  PoolFacts,
  ReconcileSnapshot,
  ReplicaFacts,
  RevisionDeployment,
  RevisionFacts,
} from "../src/reconcile/snapshot.ts";
import type { ReplicaStage } from "../src/replica/state.ts";

/** Builders with defaults that make the smallest sensible whole; a test names only what it is about. */

export function buildNode(
  overrides: Partial<PlacementNode> & { cpus?: number; gpuCount?: number } = {},
): PlacementNode {
  const { cpus = 4, gpuCount = 0, ...rest } = overrides;
  const nodeId = rest.nodeId ?? "n1";
  return {
    nodeId,
    nodeName: nodeId,
    state: "ready",
    capacity: { cpus, gpus: gpuCount, memoryBytes: 8 * 2 ** 30, custom: {} },
    used: { cpus: 0, gpus: 0, memoryBytes: 0, custom: {} },
    gpus: Array.from({ length: gpuCount }, (_, i) => buildGpu({ uuid: `${nodeId}-gpu${i}` })),
    labels: {},
    ...rest,
  };
}

export function buildGpu(overrides: Partial<PlacementGpu> = {}): PlacementGpu {
  return { uuid: "g0", model: "NVIDIA A100-SXM4-80GB", memoryBytes: 80 * 2 ** 30, used: 0, ...overrides };
}

export function buildDeployment(
  overrides: Partial<RevisionDeployment> & { resources?: Resources } = {},
): RevisionDeployment {
  const { resources = { cpus: 0.1, gpus: 0, memoryBytes: 0, custom: {} }, ...rest } = overrides;
  return {
    name: "d",
    poolId: "pool-1",
    ingress: true,
    outbound: [],
    version: overrides.poolId ?? "pool-1",
    configVersion: "c1",
    hasUserConfig: false,
    numReplicas: 1,
    autoscaling: null,
    rollingUpdatePercentage: 0.2,
    maxReplicasPerNode: null,
    maxConstructorRetryCount: 20,
    members: [{ resources, labelSelector: {}, acceleratorType: null }],
    strategy: "PACK",
    fallbacks: [],
    ...rest,
  };
}

export function buildRevision(overrides: Partial<RevisionFacts> = {}): RevisionFacts {
  return { revision: 1, stage: "described", stageMessage: "", deployments: [buildDeployment()], ...overrides };
}

export function buildReplica(overrides: Partial<ReplicaFacts> & { stage: ReplicaStage }): ReplicaFacts {
  const { nodeId = overrides.stage === "pending" ? null : "n1" } = overrides;
  return {
    replicaId: "a",
    poolId: "pool-1",
    stageTimes: { pending: 0, [overrides.stage]: 100 },
    nodeId,
    members: nodeId === null ? [] : [{ nodeId, gpuUuids: [] }],
    message: "",
    isReconfiguring: false,
    lastError: null,
    failureCounted: false,
    replacedBy: null,
    ...overrides,
  };
}

export function buildPool(overrides: Partial<PoolFacts> = {}): PoolFacts {
  return { poolId: "pool-1", deployment: "d", status: null, autoscaleTarget: null, replicas: [], ...overrides };
}

export function buildApplication(overrides: Partial<ApplicationFacts> = {}): ApplicationFacts {
  return {
    applicationId: "app-1",
    name: "app",
    generation: 1,
    updateGeneration: 1,
    deleting: false,
    targetRevision: 1,
    routePrefix: "/",
    split: null,
    failedGeneration: null,
    failedReason: null,
    rolloutPausedAtMs: null,
    manualScale: {},
    ...overrides,
  };
}

export function buildSnapshot(
  overrides: Partial<Omit<ReconcileSnapshot, "application">> & { application?: Partial<ApplicationFacts> } = {},
): ReconcileSnapshot {
  const { application, ...rest } = overrides;
  return {
    application: buildApplication(application),
    revisions: [buildRevision()],
    pools: [],
    effective: null,
    trafficChangedAtMs: null,
    trafficAcknowledged: true,
    status: null,
    rollout: null,
    ...rest,
  };
}

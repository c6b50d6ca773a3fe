/** All use-cases as the two doors (tRPC and REST) see them. `bindUseCases` gives them their dependencies. */
import type {
  ApplicationPutAnswer,
  ApplicationSummary,
  ApplicationView,
  AutoscalingView,
  BundleDescription,
  BundleUploadAnswer,
  BundleView,
  DeploymentView,
  EventView,
  GatewayView,
  HealthView,
  JoinTokenBody,
  JoinTokenCreated,
  JoinTokenView,
  LiveChange,
  MetricAnswer,
  MetricQuery,
  NodePatch,
  NodeView,
  PageOf,
  PlanView,
  PlaygroundAnswer,
  PlaygroundSend,
  ReplicaView,
  RevisionDiff,
  RevisionView,
  ScaleAnswer,
  SpecValidation,
  TrafficPut,
  TrafficView,
} from "@sluice/contracts";
import type { Principal } from "../access/principal.ts";
import type { ScaleInput } from "./applications/scale-deployment.ts";
import type { ReadLogsInput } from "./logs/read-replica-logs.ts";
import type { RolloutAnswer, RolloutInput } from "./rollouts/steer-rollout.ts";

export interface PageInput {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface PutApplicationInput {
  readonly name: string;
  /** The spec as received: a parsed object, or YAML or JSON text. */
  readonly spec: unknown;
  readonly message?: string | undefined;
  /** Refuse with 412 unless the application has this generation (0 = must not exist). */
  readonly ifGeneration?: number | undefined;
}

export interface DescribeBundleInput {
  readonly sha256: string;
  readonly runtime?: "node" | "onnx" | undefined;
  readonly importPath?: string | undefined;
  readonly args: Record<string, unknown>;
  readonly envVars: Record<string, string>;
}

export interface ApiUseCases {
  listApplications(principal: Principal, input: PageInput): Promise<PageOf<ApplicationSummary>>;
  getApplication(principal: Principal, input: { name: string }): Promise<ApplicationView>;
  putApplication(principal: Principal, input: PutApplicationInput): Promise<ApplicationPutAnswer>;
  planApplication(principal: Principal, input: PutApplicationInput): Promise<PlanView>;
  deleteApplication(
    principal: Principal,
    input: { name: string; ifGeneration?: number | undefined },
  ): Promise<ApplicationSummary>;
  rollbackApplication(
    principal: Principal,
    input: { name: string; revision: number; message?: string | undefined; ifGeneration?: number | undefined },
  ): Promise<ApplicationSummary>;
  scaleDeployment(principal: Principal, input: ScaleInput): Promise<ScaleAnswer>;
  getAutoscaling(principal: Principal, input: { name: string }): Promise<AutoscalingView>;
  getRollout(principal: Principal, input: { name: string }): Promise<RolloutAnswer>;
  pauseRollout(principal: Principal, input: RolloutInput): Promise<RolloutAnswer>;
  resumeRollout(principal: Principal, input: RolloutInput): Promise<RolloutAnswer>;
  abortRollout(principal: Principal, input: RolloutInput): Promise<RolloutAnswer>;
  listRevisions(principal: Principal, input: PageInput & { name: string }): Promise<PageOf<RevisionView>>;
  getRevision(principal: Principal, input: { name: string; number: number }): Promise<RevisionView>;
  diffRevisions(principal: Principal, input: { name: string; from: number; to: number }): Promise<RevisionDiff>;
  getTraffic(principal: Principal, input: { name: string }): Promise<TrafficView>;
  putTraffic(
    principal: Principal,
    input: { name: string; traffic: TrafficPut; ifGeneration?: number | undefined },
  ): Promise<TrafficView>;
  resetTraffic(principal: Principal, input: { name: string; ifGeneration?: number | undefined }): Promise<TrafficView>;
  listDeployments(principal: Principal, input: PageInput): Promise<PageOf<DeploymentView>>;
  listReplicas(
    principal: Principal,
    input: PageInput & { application?: string | undefined },
  ): Promise<PageOf<ReplicaView>>;
  getReplica(principal: Principal, input: { id: string }): Promise<ReplicaView>;
  readReplicaLogs(principal: Principal, input: ReadLogsInput, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  listNodes(principal: Principal, input: PageInput): Promise<PageOf<NodeView>>;
  getNode(principal: Principal, input: { id: string }): Promise<NodeView>;
  cordonNode(principal: Principal, input: { id: string }): Promise<NodeView>;
  uncordonNode(principal: Principal, input: { id: string }): Promise<NodeView>;
  drainNode(principal: Principal, input: { id: string }): Promise<NodeView>;
  labelNode(principal: Principal, input: { id: string } & NodePatch): Promise<NodeView>;
  removeNode(principal: Principal, input: { id: string; force: boolean }): Promise<NodeView>;
  createJoinToken(principal: Principal, input: JoinTokenBody): Promise<JoinTokenCreated>;
  listJoinTokens(principal: Principal): Promise<{ items: JoinTokenView[] }>;
  deleteJoinToken(principal: Principal, input: { id: string }): Promise<void>;
  listGateways(principal: Principal, input: PageInput): Promise<PageOf<GatewayView>>;
  listEvents(
    principal: Principal,
    input: PageInput & { application?: string | undefined; severity?: "info" | "warning" | "error" | undefined },
  ): Promise<PageOf<EventView>>;
  queryMetrics(principal: Principal, input: MetricQuery): Promise<MetricAnswer>;
  uploadBundle(
    principal: Principal,
    input: { name: string; contentType: string; body: AsyncIterable<Uint8Array>; message?: string | undefined },
  ): Promise<BundleUploadAnswer>;
  listBundles(principal: Principal, input: PageInput): Promise<PageOf<BundleView>>;
  getBundle(principal: Principal, input: { sha256: string }): Promise<BundleView>;
  describeBundle(principal: Principal, input: DescribeBundleInput): Promise<BundleDescription>;
  validateSpec(principal: Principal, input: { spec: unknown }): Promise<SpecValidation>;
  sendPlayground(principal: Principal, input: PlaygroundSend): Promise<PlaygroundAnswer>;
  getHealth(): Promise<HealthView>;
  /** Changes of status, coalesced; ends when the signal aborts. */
  watchChanges(principal: Principal, signal: AbortSignal): AsyncIterable<LiveChange>;
}

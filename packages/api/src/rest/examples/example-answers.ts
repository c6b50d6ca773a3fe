/** One answer of each kind, as an installation with one node gives it. */
import type {
  ApplicationPutAnswer,
  ApplicationSummary,
  ApplicationView,
  AutoscalingView,
  BundleUploadAnswer,
  BundleView,
  DeploymentView,
  EventView,
  GatewayView,
  HealthView,
  JoinTokenCreated,
  JoinTokenView,
  MetricAnswer,
  NodeView,
  PlanView,
  ReplicaView,
  RevisionDiff,
  RevisionView,
  RolloutView,
  ScaleAnswer,
  TrafficView,
} from "@sluice/contracts";
import { at, cnnSha, description, logregSha, resolved, spec } from "./example-spec.ts";
import { problemExample } from "./problem-examples.ts";

const nodeId = "5f0f6c3e-7d6b-4a3f-9a51-0d2f6f1f9f10";

const summary: ApplicationSummary = {
  id: "0f9f1f3a-2a4e-4c58-9d3d-6a0f0f6f7b21",
  name: "digits",
  route_prefix: "/digits",
  status: "RUNNING",
  message: "",
  target_revision: 2,
  generation: 2,
  observed_generation: 2,
  created_at: at("09:00:00"),
  updated_at: at("09:30:04"),
  ready_replicas: 2,
  wanted_replicas: 2,
  deployments: 1,
};

const traffic: TrafficView = {
  application: "digits",
  wanted: [
    { variant: "r1", revision: 1, weight: 90 },
    { variant: "r2", revision: 2, weight: 10 },
  ],
  effective: [
    { variant: "r1", revision: 1, weight: 90 },
    { variant: "r2", revision: 2, weight: 10 },
  ],
  source: "split",
  reason: "split as set: revision 1: 90 %, revision 2: 10 %",
  changed_at: at("09:45:00"),
  gateways_applied: 1,
  gateways_total: 1,
  in_force_at: at("09:45:01"),
};

const deployments: DeploymentView[] = resolved.map((options) => ({
  application: "digits",
  name: options.name,
  status: "HEALTHY",
  message: "",
  ingress: true,
  outbound: [],
  options,
  target_num_replicas: 2,
  manual_num_replicas: null,
  ready_replicas: 2,
  starting_replicas: 0,
}));

const rollout: RolloutView = {
  from_revision: 1,
  to_revision: 2,
  phase: "starting",
  message: "1 of 2 replicas of revision 2 are ready",
  numbers: { ready: 1, wanted: 2 },
  started_at: at("09:30:00"),
  progress_at: at("09:30:04"),
  deadline_at: at("09:40:04"),
  ended_at: null,
  paused_at: null,
};

const autoscaling: AutoscalingView = {
  available: true,
  evaluations: [
    {
      applicationId: "0f9f1f3a-2a4e-4c58-9d3d-6a0f0f6f7b21",
      application: "digits",
      deployment: "classifier",
      revision: 2,
      poolId: "2b7d9e1c-52a1-4a77-8a1f-6d1b8f0c3e55",
      atMs: Date.UTC(2026, 2, 2, 9, 45),
      decision: {
        target: 4,
        before: 2,
        running: 2,
        measured: { total: 8, queued: 3, sent: 5 },
        aggregated: 7.6,
        window: "the last second",
        targetOngoingRequests: 2,
        desiredRaw: 3.8,
        afterFactor: 4,
        bounds: { min: 1, max: 6, source: "config" },
        clampedBy: null,
        delay: null,
        path: "scaled",
        reason: "7.6 requests at 2 for each replica need 4 replicas.",
        wakeAtMs: null,
      },
    },
  ],
};

const scale: ScaleAnswer = {
  application: "digits",
  deployment: "classifier",
  manual_num_replicas: 3,
  spec_num_replicas: 2,
  generation: 3,
};

const application: ApplicationView = { ...summary, spec, deployments_detail: deployments, traffic, rollout };

const revision: RevisionView = {
  number: 2,
  created_at: at("09:30:00"),
  created_by: "local",
  message: "the network instead of the regression",
  stage: "described",
  stage_message: "",
  spec,
  description,
  resolved: [...resolved],
  weight: 10,
  is_target: true,
  warm_until: null,
};

const plan: PlanView = {
  outcome: "update",
  revision: 2,
  stage: "described",
  stage_message: "",
  changes: [{ pointer: "#/deployments/0/model", before: `bundle:${logregSha}`, after: `bundle:${cnnSha}` }],
  deployments: [
    {
      name: "classifier",
      action: "restart",
      reason: "Changed: model. New replicas start first, then the old ones drain.",
      way: "surge",
      step_size: null,
      autoscaling: null,
      num_replicas: 2,
      manual_num_replicas: null,
      num_cpus: 0.25,
      num_gpus: 0,
    },
  ],
  nodes: [
    {
      node_id: nodeId,
      name: "laptop",
      takes: 2,
      reason: "Takes 2 replicas of classifier.",
      cpus_total: 8,
      cpus_used: 0.5,
      cpus_added: 0.5,
      gpus: [],
    },
  ],
  unplaced: [],
  gpu_memory: [],
  ends_split: [],
  warnings: [],
  coded_warnings: [],
};

const putAnswer: ApplicationPutAnswer = { application: summary, plan };

const diff: RevisionDiff = { application: "digits", from: 1, to: 2, changes: plan.changes };

const replica: ReplicaView = {
  id: "k3v9s2aq",
  application: "digits",
  deployment: "classifier",
  revisions: [2],
  pool_id: "2b7d9e1c-52a1-4a77-8a1f-6d1b8f0c3e55",
  node_id: nodeId,
  node_name: "laptop",
  stage: "ready",
  stage_times: {
    pending: at("09:30:00"),
    assigned: at("09:30:00"),
    preparing: at("09:30:01"),
    starting: at("09:30:01"),
    loading: at("09:30:02"),
    ready: at("09:30:04"),
  },
  message: "",
  pid: 4711,
  ongoing: 0,
  rss_bytes: 114_294_784,
  gpu_uuids: [],
  members: [{ rank: 0, node_id: nodeId, node_name: "laptop", gpu_uuids: [] }],
  refusals: [],
  reconfiguring: false,
  warm_until: null,
  created_at: at("09:30:00"),
};

const node: NodeView = {
  id: nodeId,
  name: "laptop",
  hostname: "laptop",
  state: "ready",
  state_since: at("08:59:58"),
  reason: "",
  scheduling: "open",
  drain: null,
  removed_at: null,
  platform: "linux x64",
  agent_version: "0.1.0",
  data_address: "local",
  cpus: 8,
  cpus_reserved: 0.5,
  cpu_percent: 12.5,
  memory_bytes: 17_179_869_184,
  memory_reserved_bytes: 0,
  memory_used_bytes: 6_442_450_944,
  gpus: [],
  gpus_reserved: 0,
  resources: { licence: { total: 4, reserved: 1 } },
  labels: { zone: "rack-2" },
  reported_labels: {},
  label_overrides: { zone: "rack-2" },
  replicas: 2,
  last_heartbeat_at: at("09:45:10"),
};

const joinToken: JoinTokenView = {
  id: "8c1c7f0e-6d0b-4d0c-9a53-2f1f4f5b7a10",
  name: "gpu box in rack 2",
  state: "open",
  created_by: "local",
  created_at: at("09:50:00"),
  expires_at: at("10:50:00"),
  used_at: null,
  node_id: null,
};

const joinTokenCreated: JoinTokenCreated = {
  ...joinToken,
  token: "slj_3q2-7wAAexampleAAexampleAAexampleAAexampleA",
  join_urls: ["http://127.0.0.1:8266"],
};

const gateway: GatewayView = {
  id: "local",
  name: "local",
  address: "http://127.0.0.1:8000",
  connected: true,
  last_seen_at: at("09:45:10"),
};

const bundle: BundleView = {
  sha256: cnnSha,
  name: "digits-cnn.onnx",
  kind: "onnx",
  size_bytes: 165_558,
  files: [{ path: "digits-cnn.onnx", size_bytes: 165_558 }],
  created_at: at("09:29:58"),
  created_by: "local",
  used_by: ["digits"],
};

const upload: BundleUploadAnswer = { bundle, existed: false, description, describe_error: null };

const event: EventView = {
  id: "42",
  at: at("09:30:04"),
  severity: "info",
  reason: "DeployCompleted",
  message: "Revision 2 serving.",
  numbers: {},
  application: "digits",
  deployment: null,
  revision: 2,
  replica_id: null,
  node_id: null,
};

const fromMs = Date.UTC(2026, 2, 2, 9, 45);

const metrics: MetricAnswer = {
  from_ms: fromMs,
  to_ms: fromMs + 30_000,
  step_s: 10,
  series: [
    {
      metric: "throughput",
      unit: "req/s",
      labels: { revision: "2" },
      points: [
        [fromMs, 18.4],
        [fromMs + 10_000, 19.1],
        [fromMs + 20_000, null],
      ],
    },
  ],
  totals: [{ metric: "throughput", labels: { revision: "2" }, value: 18.75, count: 375 }],
  age_ms: 1200,
};

const health: HealthView = {
  status: "ok",
  database: true,
  controller: { available: true, epoch: 7, address: "http://127.0.0.1:8266" },
  nodes_ready: 1,
  gateways: 1,
  gateway_url: "http://localhost:8000",
  version: "0.1.0",
};

const page = (item: unknown): unknown => ({ items: [item], next_cursor: null });

/** By the names of the response schemas. */
export const answerExamples: Readonly<Record<string, unknown>> = {
  ApplicationSummary: summary,
  ApplicationPage: page(summary),
  Application: application,
  ApplicationPutAnswer: putAnswer,
  Plan: plan,
  Revision: revision,
  RevisionPage: page(revision),
  RevisionDiff: diff,
  Traffic: traffic,
  Rollout: rollout,
  Scale: scale,
  Autoscaling: autoscaling,
  Deployment: deployments[0],
  DeploymentPage: page(deployments[0]),
  Replica: replica,
  ReplicaPage: page(replica),
  Node: node,
  NodePage: page(node),
  JoinToken: joinToken,
  JoinTokenList: { items: [joinToken] },
  JoinTokenCreated: joinTokenCreated,
  Gateway: gateway,
  GatewayPage: page(gateway),
  Bundle: bundle,
  BundlePage: page(bundle),
  BundleUploadAnswer: upload,
  Event: event,
  EventPage: page(event),
  MetricAnswer: metrics,
  Health: health,
  Problem: problemExample(422),
};

/** By operation, of those that answer text. */
export const textExamples: Readonly<Record<string, string>> = {
  readReplicaLogs: "2026-03-02T09:30:02.114Z INFO  loaded digits-cnn.onnx in 41 ms\n",
};

export const metricsExample = metrics;

import { z } from "zod";
import { replicaStages } from "@sluice/domain";
import { DescribeRequest, DescribeResult } from "../spec/bundle-description.ts";
import { BatchingSpec } from "../spec/onnx-spec.ts";
import { ProcessSpec } from "../spec/process-spec.ts";
import { RoutingSlice, WireAddress } from "../routing-snapshot.ts";
import { WindowReport } from "../metric-window.ts";
import { CertificateAnswer, CertificateAsk } from "./certificates.ts";
import { PoolLoad } from "./gateway-link.ts";

/** Version of the control links; a peer with another one is told so and closed. */
export const linkProtocol = 1;

/** A device that a replica can be given: a whole GPU, or a MIG device of one that is cut up (which then is no entry itself). */
export const Gpu = z.object({
  /** `GPU-…`, or `MIG-…` for a part of one. */
  uuid: z.string(),
  /** Of the physical GPU, in the order of the bus. */
  index: z.int(),
  /** For people: the model, with the profile of a MIG device. */
  name: z.string(),
  /** What the driver calls the physical GPU ("NVIDIA A100-SXM4-80GB"); empty when it is not known. */
  model: z.string().default(""),
  /** The physical GPU of a MIG device. */
  parentUuid: z.string().nullable().default(null),
  /** Of a MIG device, as "1g.10gb". */
  migProfile: z.string().nullable().default(null),
  memoryTotalBytes: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  utilisationPercent: z.number().nullable(),
});
export type Gpu = z.infer<typeof Gpu>;

export const NodeFacts = z.object({
  nodeId: z.string(),
  name: z.string(),
  hostname: z.string(),
  /** Address gateways reach replicas at; `local` = Unix sockets of the same host. */
  dataAddress: z.string(),
  /** Tells machines apart: processes with the same one reach each other by Unix sockets. Absent from earlier agents. */
  machineId: z.string().optional(),
  cpus: z.number(),
  memoryBytes: z.number(),
  gpus: z.array(Gpu),
  custom: z.record(z.string(), z.number()),
  labels: z.record(z.string(), z.string()),
  agentVersion: z.string(),
  platform: z.string(),
});
export type NodeFacts = z.infer<typeof NodeFacts>;

export const NodeUsage = z.object({
  at: z.number(),
  /** 0..100 of all CPUs. */
  cpuPercent: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  gpus: z.array(Gpu),
});
export type NodeUsage = z.infer<typeof NodeUsage>;

const Stage = z.enum(replicaStages);

export const ReplicaObservation = z.object({
  replicaId: z.string(),
  /** Which member of the replica this is about. */
  rank: z.int().default(0),
  /** `configVersion` of the assignment whose settings are in force in the running process; null before it is ready. */
  configVersion: z.string().nullable().default(null),
  stage: Stage,
  /** Wall-clock ms of entering each stage. */
  stageTimes: z.partialRecord(Stage, z.number()),
  address: WireAddress.nullable(),
  pid: z.int().nullable(),
  /** What the stage is about ("fetching bundle 40 %"), or why it failed. */
  message: z.string(),
  exit: z
    .object({ code: z.int().nullable(), signal: z.string().nullable(), lastErrorLine: z.string().nullable() })
    .nullable(),
  ongoing: z.number(),
  /** Resident memory of the process, when it runs. */
  rssBytes: z.number().nullable(),
});
export type ReplicaObservation = z.infer<typeof ReplicaObservation>;

/** Ray's `logging_config`, as far as a replica knows it. */
export const ReplicaLogging = z.object({
  encoding: z.enum(["TEXT", "JSON"]).optional(),
  level: z.enum(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]).optional(),
  /** A line for each request; not written unless asked for. */
  accessLog: z.boolean().optional(),
});
export type ReplicaLogging = z.infer<typeof ReplicaLogging>;

/** "Member m of replica r runs here." The agent gets the full set of its node; what is missing is stopped. */
export const Assignment = z.object({
  replicaId: z.string(),
  rank: z.int(),
  worldSize: z.int(),
  /** Where the members of a replica find its rank 0; absent for a replica of one. Host `local`: all are on this machine. */
  rendezvous: z.object({ host: z.string(), port: z.int() }).optional(),
  /** `run`, or `drain`: give no new work, finish, stop. */
  desired: z.enum(["run", "drain"]),
  application: z.string(),
  applicationId: z.string(),
  deployment: z.string(),
  poolId: z.string(),
  version: z.string(),
  /** Revision for which the pool was made. */
  revision: z.int(),
  runtime: z.enum(["node", "onnx", "process"]),
  /** What to start; runtime `process` only. */
  process: ProcessSpec.optional(),
  /** Runtime `onnx` only; absent = defaults. */
  batching: BatchingSpec.optional(),
  executionProviders: z.array(z.string()).optional(),
  /** Empty: a process without files of its own. */
  bundle: z.string(),
  importPath: z.string(),
  args: z.record(z.string(), z.json()),
  envVars: z.record(z.string(), z.string()),
  /**
   * Names the settings that a running replica can take: user_config, max_ongoing_requests, health check and graceful shutdown.
   * Another one for a known replica means: reconfigure it in place.
   */
  configVersion: z.string().default(""),
  userConfig: z.json().optional(),
  maxOngoingRequests: z.int(),
  cpus: z.number(),
  memoryBytes: z.number(),
  /** Custom resources held (Ray's `resources`). */
  custom: z.record(z.string(), z.number()).optional(),
  gpuUuids: z.array(z.string()),
  healthCheckPeriodS: z.number(),
  healthCheckTimeoutS: z.number(),
  gracefulShutdownWaitLoopS: z.number(),
  gracefulShutdownTimeoutS: z.number(),
  /** Of the replica's own lines, where it differs from the node's. */
  logging: ReplicaLogging.optional(),
});
export type Assignment = z.infer<typeof Assignment>;

/** Load that the handles of one replica put on pools; `router` is the replica's id. */
export const HandleLoad = z.object({ at: z.number(), router: z.string(), pools: z.array(PoolLoad) });
export type HandleLoad = z.infer<typeof HandleLoad>;

export const AgentMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocol: z.int(),
    node: NodeFacts,
    replicas: z.array(ReplicaObservation),
    /** Who sends it understands `controllers`. */
    followsControllers: z.boolean().optional(),
  }),
  z.object({ type: z.literal("heartbeat"), usage: NodeUsage }),
  /** Changed replicas; `full` = all there are, anything else known for this node is gone. */
  z.object({ type: z.literal("observed"), full: z.boolean(), replicas: z.array(ReplicaObservation) }),
  z.object({ type: z.literal("windows"), report: WindowReport }),
  HandleLoad.extend({ type: z.literal("load") }),
  z.object({ type: z.literal("described"), requestId: z.string(), result: DescribeResult }),
  /** What the replicas of this node count themselves, as one text in Prometheus' format. */
  z.object({ type: z.literal("metrics"), requestId: z.string(), text: z.string() }),
  /** Part of the answer to `read_logs`, in order, at most 64 KiB. `done`: nothing follows, with `error` when it was cut short. */
  z.object({
    type: z.literal("log_chunk"),
    requestId: z.string(),
    text: z.string(),
    done: z.boolean(),
    error: z.string().optional(),
  }),
  /** Only to a controller whose welcome says that it certifies. `member`: for its host; null = for the node itself. */
  CertificateAsk.extend({ type: z.literal("certify"), member: z.string().nullable() }),
  /** Where gateways may try whether they reach this node; nothing is served there. */
  z.object({ type: z.literal("data_listener"), address: WireAddress }),
]);
export type AgentMessage = z.infer<typeof AgentMessage>;

export const ControllerToAgent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    epoch: z.int(),
    heartbeatIntervalMs: z.number(),
    /** It answers `certify`, and knows `data_listener`. */
    certifies: z.boolean().optional(),
  }),
  z.object({
    type: z.literal("refused"),
    epoch: z.int(),
    reason: z.string(),
    /** Address of the controller that leads, where this one stands by: of the same kind of door that was asked. */
    leader: z.string().optional(),
  }),
  /**
   * Doors of all controllers for nodes on other machines, to an agent that came through one and follows them; again when they
   * change. Replaces what was told before.
   */
  z.object({ type: z.literal("controllers"), epoch: z.int(), urls: z.array(z.string()) }),
  z.object({ type: z.literal("assignments"), epoch: z.int(), version: z.int(), assignments: z.array(Assignment) }),
  /** Slices of the applications this node hosts, for handles inside replicas. */
  z.object({ type: z.literal("slices"), epoch: z.int(), slices: z.array(RoutingSlice) }),
  z.object({ type: z.literal("describe"), epoch: z.int(), requestId: z.string(), request: DescribeRequest }),
  /** Answered with `metrics`. */
  z.object({ type: z.literal("read_metrics"), epoch: z.int(), requestId: z.string() }),
  /** Output of a replica that runs here or ran here, answered with `log_chunk`. */
  z.object({
    type: z.literal("read_logs"),
    epoch: z.int(),
    requestId: z.string(),
    replicaId: z.string(),
    rank: z.int().default(0),
    /** `both`: in the order in which they were written, to within two seconds. */
    stream: z.enum(["both", "stdout", "stderr"]).default("both"),
    /** Output from this wall-clock time on, and up to two seconds before; null = from the oldest kept. */
    sinceMs: z.number().nullable(),
    /** At most this much of the end; null = all. */
    tailBytes: z.int().nullable(),
    /** Go on with what is written from now on, until `stop_logs` or until the replica has ended. */
    follow: z.boolean(),
  }),
  z.object({ type: z.literal("stop_logs"), epoch: z.int(), requestId: z.string() }),
  z.object({
    type: z.literal("windows_ack"),
    epoch: z.int(),
    reporter: z.string(),
    windowStartMs: z.array(z.number()),
  }),
  CertificateAnswer.extend({ type: z.literal("certified"), epoch: z.int() }),
]);
export type ControllerToAgent = z.infer<typeof ControllerToAgent>;

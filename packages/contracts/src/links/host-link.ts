import { z } from "zod";
import { RoutingSlice, WireAddress } from "../routing-snapshot.ts";
import { MetricWindow } from "../metric-window.ts";
import { ReplicaLogging } from "./agent-link.ts";
import { CertificateAnswer, CertificateAsk } from "./certificates.ts";
import { PoolLoad } from "./gateway-link.ts";

/** Newline-delimited JSON over the agent's Unix socket. The host redials for ever. */
export const HostMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    replicaId: z.string(),
    rank: z.int().default(0),
    /** Of the settings in force; null from a host that has not heard of any. */
    configVersion: z.string().nullable().default(null),
    pid: z.int(),
    /** Process start time in clock ticks (/proc/pid/stat field 22) or 0: with pid it names a process beyond doubt. */
    startTicks: z.number(),
    stage: z.enum(["starting", "loading", "ready", "draining"]),
    address: WireAddress.nullable(),
  }),
  z.object({
    type: z.literal("stage"),
    stage: z.enum(["loading", "ready", "draining"]),
    message: z.string(),
    address: WireAddress.nullable(),
  }),
  /** The constructor or model load failed; the process exits right after. */
  z.object({ type: z.literal("failed"), message: z.string(), stack: z.string().optional() }),
  z.object({ type: z.literal("health"), probeId: z.int(), ok: z.boolean(), message: z.string(), ongoing: z.number() }),
  /** The settings of `reconfigure` are in force, and the user's code answered a health check with them; or it refused them. */
  z.object({ type: z.literal("reconfigured"), configVersion: z.string(), ok: z.boolean(), message: z.string() }),
  z.object({ type: z.literal("windows"), incarnation: z.string(), windows: z.array(MetricWindow) }),
  /** Load of the pools that handles of this replica call, as its routers see it; what gateways tell by themselves. */
  z.object({ type: z.literal("load"), at: z.number(), pools: z.array(PoolLoad) }),
  /** Only from hosts that talk to other machines. */
  CertificateAsk.extend({ type: z.literal("certify") }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

export const AgentToHost = z.discriminatedUnion("type", [
  z.object({ type: z.literal("probe"), probeId: z.int() }),
  z.object({ type: z.literal("slices"), slices: z.array(RoutingSlice) }),
  z.object({ type: z.literal("drain"), timeoutS: z.number(), waitLoopS: z.number() }),
  /** Answered with `reconfigured`. Absent = as it is. */
  z.object({
    type: z.literal("reconfigure"),
    configVersion: z.string().optional(),
    userConfig: z.json().optional(),
    maxOngoingRequests: z.int(),
    poolId: z.string().optional(),
    revision: z.int().optional(),
    healthCheckTimeoutS: z.number().optional(),
    gracefulShutdownWaitLoopS: z.number().optional(),
    gracefulShutdownTimeoutS: z.number().optional(),
    /** As a whole: what it leaves out is as the node is set. */
    logging: ReplicaLogging.optional(),
  }),
  z.object({ type: z.literal("windows_ack"), windowStartMs: z.array(z.number()) }),
  CertificateAnswer.extend({ type: z.literal("certified") }),
]);
export type AgentToHost = z.infer<typeof AgentToHost>;

/**
 * Name of one member of a replica, for its directory, sockets and logs: the replica's id for rank 0, which takes its requests,
 * `<replicaId>.<rank>` for the others.
 */
export function memberName({ replicaId, rank }: { readonly replicaId: string; readonly rank: number }): string {
  return rank === 0 ? replicaId : `${replicaId}.${rank}`;
}

/**
 * Name of the socket, in the folder of the sockets, on which a member of a replica answers `GET /metrics` in Prometheus' format. It is
 * there once the replica has something of its own to count (batches, multiplexed models). As long as that of the wire.
 */
export function replicaMetricsSocket(member: string): string {
  return `${member}.prom`;
}

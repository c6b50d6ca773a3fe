import { z } from "zod";
import { RoutingSlice, WireAddress } from "../routing-snapshot.ts";
import { MetricWindow } from "../metric-window.ts";
import { PoolLoad } from "./gateway-link.ts";

/** Newline-delimited JSON over the agent's Unix socket. The host redials for ever. */
export const HostMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    replicaId: z.string(),
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
  z.object({ type: z.literal("windows"), incarnation: z.string(), windows: z.array(MetricWindow) }),
  /** Load of the pools that handles of this replica call, as its routers see it; what gateways tell by themselves. */
  z.object({ type: z.literal("load"), at: z.number(), pools: z.array(PoolLoad) }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

export const AgentToHost = z.discriminatedUnion("type", [
  z.object({ type: z.literal("probe"), probeId: z.int() }),
  z.object({ type: z.literal("slices"), slices: z.array(RoutingSlice) }),
  z.object({ type: z.literal("drain"), timeoutS: z.number(), waitLoopS: z.number() }),
  z.object({ type: z.literal("reconfigure"), userConfig: z.json().optional(), maxOngoingRequests: z.int() }),
  z.object({ type: z.literal("windows_ack"), windowStartMs: z.array(z.number()) }),
]);
export type AgentToHost = z.infer<typeof AgentToHost>;

/**
 * Name of the socket, in the folder of the sockets, on which a replica answers `GET /metrics` in Prometheus' format. It is
 * there once the replica has something of its own to count (batches, multiplexed models). As long as that of the wire.
 */
export function replicaMetricsSocket(replicaId: string): string {
  return `${replicaId}.prom`;
}

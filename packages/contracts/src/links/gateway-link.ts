import { z } from "zod";
import { RoutingSlice, WireAddress } from "../routing-snapshot.ts";
import { WindowReport } from "../metric-window.ts";
import { CertificateAnswer, CertificateAsk } from "./certificates.ts";

/** Current load of one pool as one router sees it. T of the autoscaler is the sum of (queued + sent) over routers. */
export const PoolLoad = z.object({ poolId: z.string(), queued: z.number(), sent: z.number() });
export type PoolLoad = z.infer<typeof PoolLoad>;

export const SliceVersion = z.object({ application: z.string(), epoch: z.int(), version: z.int() });
export type SliceVersion = z.infer<typeof SliceVersion>;

/** Whether a gateway reaches a node where replicas of it would listen; `error` null = it does. */
export const NodeReach = z.object({ nodeId: z.string(), error: z.string().nullable() });
export type NodeReach = z.infer<typeof NodeReach>;

export const GatewayMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocol: z.int(),
    gatewayId: z.string(),
    name: z.string(),
    address: z.string(),
    slices: z.array(SliceVersion),
    /** As in the facts of a node. Who sends it understands `try_nodes`. */
    machineId: z.string().optional(),
  }),
  z.object({ type: z.literal("load"), at: z.number(), pools: z.array(PoolLoad) }),
  z.object({ type: z.literal("windows"), report: WindowReport }),
  /** Versions now in force for new requests. */
  z.object({ type: z.literal("applied"), slices: z.array(SliceVersion) }),
  /** Only to a controller whose welcome says that it certifies. */
  CertificateAsk.extend({ type: z.literal("certify") }),
  /** All nodes that were tried, each time that one of them changes. */
  z.object({ type: z.literal("node_reach"), nodes: z.array(NodeReach) }),
]);
export type GatewayMessage = z.infer<typeof GatewayMessage>;

export const ControllerToGateway = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    epoch: z.int(),
    /** It answers `certify`. */ certifies: z.boolean().optional(),
  }),
  z.object({
    type: z.literal("refused"),
    epoch: z.int(),
    reason: z.string(),
    /** Address of the controller that leads, where this one stands by. */
    leader: z.string().optional(),
  }),
  /** `full` = exactly these applications exist; otherwise changed slices plus removed names. */
  z.object({
    type: z.literal("slices"),
    epoch: z.int(),
    full: z.boolean(),
    slices: z.array(RoutingSlice),
    removed: z.array(z.string()),
  }),
  z.object({
    type: z.literal("windows_ack"),
    epoch: z.int(),
    reporter: z.string(),
    windowStartMs: z.array(z.number()),
  }),
  CertificateAnswer.extend({ type: z.literal("certified"), epoch: z.int() }),
  /** Nodes off this machine: the gateway tries now and then whether it reaches them. Replaces what it was told before. */
  z.object({
    type: z.literal("try_nodes"),
    epoch: z.int(),
    nodes: z.array(z.object({ nodeId: z.string(), address: WireAddress })),
  }),
]);
export type ControllerToGateway = z.infer<typeof ControllerToGateway>;

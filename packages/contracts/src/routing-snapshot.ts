import { z } from "zod";

/** Where a wire replica listens. `tcp` is for loopback; off loopback the link is `tls` only, with certificates on both sides. */
export const WireAddress = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("unix"), path: z.string() }),
  z.object({ kind: z.literal("tcp"), host: z.string(), port: z.int() }),
  z.object({ kind: z.literal("tls"), host: z.string(), port: z.int() }),
]);
export type WireAddress = z.infer<typeof WireAddress>;

/** Closed union: a replica that speaks the wire, or any HTTP server. Splits, retries and metrics work on both. */
export const Backend = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("wire"), replicaId: z.string(), nodeId: z.string(), address: WireAddress }),
  z.object({ kind: z.literal("http"), replicaId: z.string(), nodeId: z.string(), url: z.string() }),
]);
export type Backend = z.infer<typeof Backend>;

export const RoutedPool = z.object({
  poolId: z.string(),
  deployment: z.string(),
  /** What runs its replicas: `onnx` ones speak the Open Inference Protocol. Absent in slices of earlier controllers. */
  runtime: z.string().optional(),
  maxOngoingRequests: z.int(),
  maxQueuedRequests: z.int(),
  /** What a client is told when so many wait already; absent or null = as the router's own process is set. */
  queueFull: z.object({ status: z.literal([503, 429]), retryAfterS: z.number().nullable() }).optional(),
  /** Only ready replicas. */
  backends: z.array(Backend),
});
export type RoutedPool = z.infer<typeof RoutedPool>;

export const RoutedVariant = z.object({
  /** Name of the variant in metrics and on answers: `r7`. */
  variant: z.string(),
  revision: z.int(),
  /** 0..100; all variants of a slice sum to 100 (or the slice has none). */
  weight: z.number(),
});
export type RoutedVariant = z.infer<typeof RoutedVariant>;

/** Everything a router needs about one application. Replaced as a whole, never edited. */
export const RoutingSlice = z.object({
  application: z.string(),
  applicationId: z.string(),
  /** Grows with every change of this slice within an epoch; (epoch, version) is totally ordered. */
  epoch: z.int(),
  version: z.int(),
  routePrefix: z.string().nullable(),
  variants: z.array(RoutedVariant),
  /** Revision number (as string key) -> its ingress deployment and the pool of each of its deployments. */
  revisions: z.record(z.string(), z.object({ ingress: z.string(), pools: z.record(z.string(), z.string()) })),
  pools: z.record(z.string(), RoutedPool),
  /** Why there may be no replica, in words for clients: shown in 503 answers. */
  message: z.string(),
});
export type RoutingSlice = z.infer<typeof RoutingSlice>;

/** Full state of a router; also the file a gateway keeps on disk. */
export const RoutingSnapshot = z.object({
  epoch: z.int(),
  slices: z.array(RoutingSlice),
});
export type RoutingSnapshot = z.infer<typeof RoutingSnapshot>;

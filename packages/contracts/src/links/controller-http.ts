/**
 * The controller's internal HTTP API besides its links: bearer cluster secret, JSON. The dashboard's server asks it for what
 * only a node can say; agents fetch bundles; gateways relay its metrics. Its address stands in the lease row.
 */
import { z } from "zod";
import { NodeFacts } from "./agent-link.ts";
import { DescribeRequest, DescribeResult } from "../spec/bundle-description.ts";

export const controllerPaths = {
  agent: "/internal/agent",
  gateway: "/internal/gateway",
  /** `POST`: {@link DescribeCall} -> {@link DescribeAnswer}. */
  describe: "/internal/describe",
  /** `GET` -> what the cluster counts beside its gateways, in Prometheus' format: the leader and all replicas. */
  metrics: "/internal/metrics",
  /** `POST`: {@link JoinCall} -> {@link JoinAnswer}, by a join token. `GET` -> {@link JoinAddresses}. */
  join: "/internal/join",
  /** `GET {replicas}/{id}/logs?{@link ControllerLogQuery}` -> text. */
  replicas: "/internal/replicas",
  /** `GET {bundles}/{sha256}` -> the bytes, with `Range`. */
  bundles: "/internal/bundles",
  /** `GET {autoscaling}?application_id=` -> AutoscalingAnswer: what the autoscaler thinks now. */
  autoscaling: "/internal/autoscaling",
} as const;

/** Header of a refusal by a controller that stands by: address of the one that leads, for who asked through the same kind of door. */
export const leaderHeader = "x-sluice-leader";

export const DescribeCall = z.object({
  request: DescribeRequest,
  /** How long the controller waits for a node; afterwards describing goes on and the answer is kept. */
  timeout_ms: z.number().positive().max(60_000),
});
export type DescribeCall = z.infer<typeof DescribeCall>;

/** `result` null = no node answered in time; `reason` says why (no ready node, still running). */
export const DescribeAnswer = z.object({ result: DescribeResult.nullable(), reason: z.string() });
export type DescribeAnswer = z.infer<typeof DescribeAnswer>;

/** A machine asks to become a node. The token goes in the `Authorization` header, as `Bearer slj_...`. */
export const JoinCall = z.object({ node: NodeFacts });
export type JoinCall = z.infer<typeof JoinCall>;

/** The node's own credential: with it its agent says hello as this node, and fetches bundles. */
export const JoinAnswer = z.object({ node_id: z.string(), credential: z.string() });
export type JoinAnswer = z.infer<typeof JoinAnswer>;

/** Where machines join. */
export const JoinAddresses = z.object({ urls: z.array(z.string()) });
export type JoinAddresses = z.infer<typeof JoinAddresses>;

/**
 * Close code of a link whose caller may not come, and will not before a person changes that: its node was removed. Who is closed
 * with it asks seldom. 4000 to 4999 are free for applications.
 */
export const refusedLinkCode = 4403;

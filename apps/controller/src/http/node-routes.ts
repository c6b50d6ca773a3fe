/** What nodes and machines that want to be nodes ask for over HTTP: to join, and bundles. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { controllerPaths, leaderHeader, SluiceError } from "@sluice/contracts";
import type { Database } from "@sluice/db";
import type { Leadership } from "../leader/leadership.ts";
import { refuseStranger } from "../nodes/join-node.ts";
import type { Door } from "./link-server.ts";
import { sendBundle } from "./send-bundle.ts";

export interface NodeRoutesOptions {
  readonly database: Database;
  /** Null while standing by. */
  readonly leadership: () => Leadership | null;
  /** Says where the leader is; null = here, meanwhile. */
  readonly explainStandby: ExplainStandby;
}

/** Where the leader is, for who came by this door, and the sentence for people. */
export interface StandbyAnswer {
  readonly reason: string;
  readonly leader: string | null;
}

/** Led when it was asked, and does not any more. */
export const leadsNoLonger = "This controller no longer leads; try again.";

export type ExplainStandby = (door: Door) => Promise<StandbyAnswer | null>;

export function addNodeRoutes(app: FastifyInstance, options: NodeRoutesOptions, door: Door): void {
  const { database, leadership, explainStandby } = options;
  app.post(controllerPaths.join, async (request, reply) => {
    // Only who has a token may wait here for what becomes known of the leader.
    if (leadership() === null) await refuseStranger(database, request.headers.authorization, Date.now());
    const standby = leadership() === null ? await explainStandby(door) : null;
    const leader = leadership();
    if (leader !== null) return await leader.nodes.join(database, request.headers.authorization, request.body);
    if (standby !== null && standby.leader !== null) void reply.header(leaderHeader, standby.leader);
    const publicMessage = standby?.reason ?? leadsNoLonger;
    throw new SluiceError({ code: "controller/unavailable", publicMessage });
  });
  app.get(`${controllerPaths.bundles}/:sha256`, (request, reply) => sendBundle(database, request, reply));
}

/** By a node's own credential. */
export function isForNodes(request: FastifyRequest): boolean {
  return request.method === "GET" && pathOf(request).startsWith(`${controllerPaths.bundles}/`);
}

/** Joining is proved by the token in the call itself. */
export function isForAll(request: FastifyRequest): boolean {
  return request.method === "POST" && pathOf(request) === controllerPaths.join;
}

const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0] ?? "";

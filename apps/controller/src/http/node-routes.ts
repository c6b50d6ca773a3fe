/** What nodes and machines that want to be nodes ask for over HTTP: to join, and bundles. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { controllerPaths, SluiceError } from "@sluice/contracts";
import type { Database } from "@sluice/db";
import type { Leadership } from "../leader/leadership.ts";
import { sendBundle } from "./send-bundle.ts";

export interface NodeRoutesOptions {
  readonly database: Database;
  /** Null while standing by. */
  readonly leadership: () => Leadership | null;
  /** Says where the leader is. */
  readonly explainStandby: () => Promise<string>;
}

export function addNodeRoutes(app: FastifyInstance, options: NodeRoutesOptions): void {
  const { database, leadership, explainStandby } = options;
  app.post(controllerPaths.join, async (request) => {
    const leader = leadership();
    if (leader !== null) return await leader.nodes.join(database, request.headers.authorization, request.body);
    throw new SluiceError({ code: "controller/unavailable", publicMessage: await explainStandby() });
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

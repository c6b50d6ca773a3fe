/** The controller's HTTP side: health and metrics for everybody, bundles and describing for holders of the cluster secret. */
import { Readable } from "node:stream";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import {
  controllerPaths,
  DescribeCall,
  problemContentType,
  problemOf,
  Sha256,
  SluiceError,
  type DescribeAnswer,
} from "@sluice/contracts";
import { defaultProjectId, getBundle, readBundle, type Database } from "@sluice/db";
import { isAllowedHost, isBearer, metricsText, type Logger, type MetricsRegistry } from "@sluice/observability";
import type { Leadership } from "../leader/leadership.ts";

export interface InternalApiOptions {
  readonly database: Database;
  readonly secret: string;
  readonly allowedHosts: readonly string[];
  readonly metrics: MetricsRegistry;
  readonly logger: Logger;
  /** Null while standing by. */
  readonly leadership: () => Leadership | null;
}

export function createInternalApi(options: InternalApiOptions): FastifyInstance {
  const { database, secret, allowedHosts, metrics, logger, leadership } = options;
  const app = Fastify({ logger: false, bodyLimit: 4 * 1024 * 1024, forceCloseConnections: true });

  app.addHook("onRequest", async (request) => {
    if (!isAllowedHost(request.headers.host, allowedHosts)) {
      throw new SluiceError({
        code: "request/unknown_host",
        publicMessage: "This controller does not answer to that Host.",
      });
    }
    if (request.url.startsWith("/internal/") && !isBearer(request.headers.authorization, secret)) {
      throw new SluiceError({ code: "auth/required", publicMessage: "The cluster secret is missing or wrong." });
    }
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) logger.error({ err: error, url: request.url }, "an internal request failed");
    return reply.code(problem.status).type(problemContentType).send(JSON.stringify(problem));
  });

  app.get("/healthz", async (_request, reply) => {
    const leader = leadership();
    const isReachable = await database.ping().then(
      () => true,
      () => false,
    );
    return reply.code(isReachable ? 200 : 503).send({
      status: isReachable ? "ok" : "degraded",
      role: leader === null ? "standby" : "leader",
      epoch: leader?.epoch ?? null,
      complete: leader?.isComplete() ?? false,
      agents: leader?.agents.all().map((session) => session.nodeName) ?? [],
      gateways: leader?.gateways.count ?? 0,
    });
  });
  app.get("/metrics", async (_request, reply) => {
    const { contentType, body } = await metricsText(metrics);
    return reply.type(contentType).send(body);
  });
  app.post(controllerPaths.describe, async (request): Promise<DescribeAnswer> => {
    const call = DescribeCall.parse(request.body);
    const leader = leadership();
    if (leader === null)
      throw new SluiceError({
        code: "controller/unavailable",
        publicMessage: "This controller stands by; ask the leader.",
      });
    return leader.describe.describe(call.request, call.timeout_ms);
  });
  app.get(`${controllerPaths.bundles}/:sha256`, (request, reply) => sendBundle(database, request, reply));
  return app;
}

/** Bytes of a bundle, from the start or from the offset of `Range: bytes=<n>-`, so that an agent resumes a broken fetch. */
async function sendBundle(database: Database, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const sha256 = Sha256.safeParse((request.params as { sha256?: unknown }).sha256);
  const name = sha256.success ? { projectId: defaultProjectId, sha256: sha256.data } : null;
  const bundle = name === null ? null : await getBundle(database, name);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const bytes = name === null || bundle === null ? null : await readBundle(database, name, from);
  if (bundle === null || bytes === null)
    throw new SluiceError({ code: "bundle/not_found", publicMessage: "There is no such bundle." });
  const isPart = from > 0;
  void reply.code(isPart ? 206 : 200).headers({
    "content-type": "application/octet-stream",
    "content-length": Math.max(0, bundle.sizeBytes - from),
    "accept-ranges": "bytes",
    "x-bundle-kind": bundle.kind,
    "x-bundle-name": encodeURIComponent(bundle.name),
    ...(isPart
      ? { "content-range": `bytes ${String(from)}-${String(bundle.sizeBytes - 1)}/${String(bundle.sizeBytes)}` }
      : {}),
  });
  return reply.send(Readable.from(bytes));
}

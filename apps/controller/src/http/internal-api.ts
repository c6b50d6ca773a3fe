/**
 * The controller's HTTP side: health and its own metrics for everybody; the cluster's metrics, bundles and describing for
 * holders of the cluster secret.
 */
import Fastify, { type FastifyInstance } from "fastify";
import {
  controllerPaths,
  DescribeCall,
  problemContentType,
  problemOf,
  SluiceError,
  type DescribeAnswer,
} from "@sluice/contracts";
import type { Database } from "@sluice/db";
import { isAllowedHost, isBearer, metricsText, type Logger, type MetricsRegistry } from "@sluice/observability";
import type { Leadership } from "../leader/leadership.ts";
import { ClusterExposition } from "../metrics/cluster-exposition.ts";
import { sendBundle } from "./send-bundle.ts";

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
  const exposition = new ClusterExposition(metrics);
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
    const problem = problemOf(callersFault(error) ?? error, request.id);
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
      complete: leader?.coverage() === "full",
      agents: leader?.agents.all().map((session) => session.nodeName) ?? [],
      gateways: leader?.gateways.count ?? 0,
    });
  });
  app.get("/metrics", async (_request, reply) => {
    const { contentType, body } = await metricsText(metrics);
    return reply.type(contentType).send(body);
  });
  app.get(controllerPaths.metrics, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await exposition.read(leading(leadership()).agents));
  });
  app.post(controllerPaths.describe, async (request): Promise<DescribeAnswer> => {
    const call = DescribeCall.safeParse(request.body);
    if (!call.success) {
      throw new SluiceError({
        code: "request/invalid",
        publicMessage: "The body is not a describe call.",
        cause: call.error,
      });
    }
    return leading(leadership()).describe.describe(call.data.request, call.data.timeout_ms);
  });
  app.get(`${controllerPaths.bundles}/:sha256`, (request, reply) => sendBundle(database, request, reply));
  return app;
}

function leading(leadership: Leadership | null): Leadership {
  if (leadership !== null) return leadership;
  throw new SluiceError({
    code: "controller/unavailable",
    publicMessage: "This controller stands by; ask the leader.",
  });
}

/** What Fastify itself refuses (body too long, not JSON) is the caller's mistake, not an internal error. */
function callersFault(error: unknown): SluiceError | null {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return null;
  if (error.statusCode < 400 || error.statusCode >= 500) return null;
  const code = error.statusCode === 413 ? "request/too_large" : "request/invalid";
  return new SluiceError({ code, publicMessage: error.message, cause: error });
}

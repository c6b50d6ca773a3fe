/**
 * The controller's HTTP side: health and its own metrics for everybody; the cluster's metrics, bundles and describing for
 * holders of the cluster secret.
 */
import Fastify, { type FastifyInstance } from "fastify";
import {
  AutoscalingQuery,
  controllerPaths,
  DescribeCall,
  SluiceError,
  type AutoscalingAnswer,
  type DescribeAnswer,
  type JoinAddresses,
} from "@sluice/contracts";
import { metricsText, type MetricsRegistry } from "@sluice/observability";
import type { Leadership } from "../leader/leadership.ts";
import { ClusterExposition } from "../metrics/cluster-exposition.ts";
import { addNodeRoutes, isForAll, isForNodes, type NodeRoutesOptions } from "./node-routes.ts";
import { sendLog } from "./send-log.ts";
import { guardRequests, type GuardOptions } from "./request-guard.ts";

export interface InternalApiOptions extends GuardOptions, NodeRoutesOptions {
  readonly metrics: MetricsRegistry;
  /** Where machines may join. */
  readonly joinUrls: () => readonly string[];
}

export function createInternalApi(options: InternalApiOptions): FastifyInstance {
  const { database, metrics, leadership, joinUrls } = options;
  const exposition = new ClusterExposition(metrics);
  const app = Fastify({ logger: false, bodyLimit: 4 * 1024 * 1024, forceCloseConnections: true });

  guardRequests(app, options, isForNodes, isForAll);
  addNodeRoutes(app, options, "internal");

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
  app.get(controllerPaths.autoscaling, async (request): Promise<AutoscalingAnswer> => {
    const query = AutoscalingQuery.safeParse(request.query);
    if (!query.success) {
      throw new SluiceError({
        code: "request/invalid",
        publicMessage: "`application_id` is one id.",
        cause: query.error,
      });
    }
    return { evaluations: leading(leadership()).autoscaler.evaluations(query.data.application_id) };
  });
  app.get(`${controllerPaths.replicas}/:id/logs`, (request, reply) => {
    const { agents, epoch } = leading(leadership());
    return sendLog({ database, agents, epoch }, request, reply);
  });
  app.get(controllerPaths.join, (): JoinAddresses => ({ urls: [...joinUrls()] }));
  return app;
}

function leading(leadership: Leadership | null): Leadership {
  if (leadership !== null) return leadership;
  throw new SluiceError({
    code: "controller/unavailable",
    publicMessage: "This controller stands by; ask the leader.",
  });
}

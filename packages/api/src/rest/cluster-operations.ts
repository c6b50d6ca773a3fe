import { z } from "zod";
import { EventQuery, MetricQuery, Name, PageQuery, Sha256 } from "@sluice/contracts";
import { metricsCsv } from "./metrics-csv.ts";
import { ok, okPage, operation } from "./operation.ts";
import type { Operation } from "./operation.ts";

const BundleUploadQuery = z.object({
  /** File name shown to people, for example `digits-cnn.onnx`. */
  name: z.string().min(1, "A file name.").max(200, "At most 200 characters.").optional(),
});

export const clusterOperations: readonly Operation[] = [
  operation({
    id: "listDeployments",
    method: "GET",
    path: "/deployments",
    summary: "Deployments of all applications",
    tag: "Cluster",
    query: PageQuery,
    responses: { 200: { description: "A page of deployments", schema: "DeploymentPage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listDeployments(principal, query)),
  }),
  operation({
    id: "listReplicas",
    method: "GET",
    path: "/replicas",
    summary: "Replicas, with the time of each stage",
    tag: "Cluster",
    query: PageQuery.extend({ application: Name.optional() }),
    responses: { 200: { description: "A page of replicas", schema: "ReplicaPage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listReplicas(principal, query)),
  }),
  operation({
    id: "getReplica",
    method: "GET",
    path: "/replicas/{id}",
    summary: "One replica",
    tag: "Cluster",
    params: z.object({ id: z.string() }),
    responses: { 200: { description: "The replica", schema: "Replica" } },
    problems: [404],
    handle: async ({ api, principal, params }) => ok(await api.getReplica(principal, params)),
  }),
  operation({
    id: "listGateways",
    method: "GET",
    path: "/gateways",
    summary: "Gateways",
    tag: "Cluster",
    query: PageQuery,
    responses: { 200: { description: "A page of gateways", schema: "GatewayPage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listGateways(principal, query)),
  }),
  operation({
    id: "uploadBundle",
    method: "POST",
    path: "/bundles",
    summary: "Upload a model file or a zip of code, at most 256 MiB; a model is described at once",
    tag: "Bundles",
    query: BundleUploadQuery,
    body: { kind: "bytes", contentTypes: ["application/zip", "application/octet-stream"] },
    responses: {
      200: { description: "The same bytes were there already", schema: "BundleUploadAnswer" },
      201: { description: "Stored", schema: "BundleUploadAnswer" },
    },
    problems: [413, 415, 422],
    handle: async ({ api, principal, query, body }) => {
      const answer = await api.uploadBundle(principal, {
        name: query.name ?? (body.contentType === "application/zip" ? "bundle.zip" : "model.onnx"),
        contentType: body.contentType,
        body: body.chunks,
      });
      const headers = { location: `/api/v1/bundles/${answer.bundle.sha256}` };
      return { status: answer.existed ? 200 : 201, body: answer, headers };
    },
  }),
  operation({
    id: "listBundles",
    method: "GET",
    path: "/bundles",
    summary: "Bundles, newest first",
    tag: "Bundles",
    query: PageQuery,
    responses: { 200: { description: "A page of bundles", schema: "BundlePage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listBundles(principal, query)),
  }),
  operation({
    id: "getBundle",
    method: "GET",
    path: "/bundles/{sha256}",
    summary: "One bundle with its files and who uses it",
    tag: "Bundles",
    params: z.object({ sha256: Sha256 }),
    responses: { 200: { description: "The bundle", schema: "Bundle" } },
    problems: [404],
    handle: async ({ api, principal, params }) => ok(await api.getBundle(principal, params)),
  }),
  operation({
    id: "listEvents",
    method: "GET",
    path: "/events",
    summary: "What happened and why, newest first",
    tag: "Observability",
    query: EventQuery,
    responses: { 200: { description: "A page of events", schema: "EventPage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listEvents(principal, query)),
  }),
  operation({
    id: "queryMetrics",
    method: "GET",
    path: "/metrics/query",
    summary: "Series and totals; percentiles come from merged histograms. Accept: text/csv answers a table",
    tag: "Observability",
    query: MetricQuery,
    responses: { 200: { description: "The series", schema: "MetricAnswer" } },
    handle: async ({ api, principal, query, headers }) => {
      const answer = await api.queryMetrics(principal, query);
      if (!/\btext\/csv\b/.test(headers.get("accept") ?? "")) return ok(answer);
      return { status: 200, text: { contentType: "text/csv; charset=utf-8", content: metricsCsv(answer) } };
    },
  }),
  operation({
    id: "getHealth",
    method: "GET",
    path: "/healthz",
    summary: "Whether the database, the controller, nodes and gateways are there",
    tag: "System",
    responses: {
      200: { description: "Healthy, or degraded with the reason visible in the body", schema: "Health" },
      503: { description: "The database cannot be reached", schema: "Health" },
    },
    isOpen: true,
    handle: async ({ api }) => {
      const health = await api.getHealth();
      return { status: health.database ? 200 : 503, body: health };
    },
  }),
];

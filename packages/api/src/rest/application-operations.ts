import { z } from "zod";
import {
  ApplicationPutQuery,
  ApplicationSpec,
  DiffQuery,
  Name,
  PageQuery,
  RollbackBody,
  TrafficPut,
} from "@sluice/contracts";
import { etagOf, ok, okPage, operation } from "./operation.ts";
import type { Operation } from "./operation.ts";

const ByName = z.object({ name: Name });
const ByRevision = ByName.extend({ number: z.coerce.number().int().positive("A revision number, from 1.") });
const tag = "Applications";

export const applicationOperations: readonly Operation[] = [
  operation({
    id: "listApplications",
    method: "GET",
    path: "/applications",
    summary: "All applications, by name",
    tag,
    query: PageQuery,
    responses: { 200: { description: "A page of applications", schema: "ApplicationPage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listApplications(principal, query)),
  }),
  operation({
    id: "getApplication",
    method: "GET",
    path: "/applications/{name}",
    summary: "One application with its deployments and traffic; the ETag is its generation",
    tag,
    params: ByName,
    responses: { 200: { description: "The application", schema: "Application" } },
    problems: [404],
    handle: async ({ api, principal, params }) => {
      const application = await api.getApplication(principal, params);
      return ok(application, { etag: etagOf(application.generation) });
    },
  }),
  operation({
    id: "putApplication",
    method: "PUT",
    path: "/applications/{name}",
    summary: "Deploy: the spec as JSON or YAML. An unchanged spec is a no-op; with dry_run=true only the plan is made",
    tag,
    params: ByName,
    query: ApplicationPutQuery,
    body: { kind: "spec", schema: ApplicationSpec },
    responses: {
      200: { description: "Updated, unchanged, or the plan of a dry run", schema: "ApplicationPutAnswer" },
      201: { description: "Created", schema: "ApplicationPutAnswer" },
      202: { description: "Accepted; a node still inspects the bundle", schema: "ApplicationPutAnswer" },
    },
    problems: [409, 412, 413, 415, 422],
    handle: async ({ api, principal, params, query, body, ifGeneration }) => {
      const input = { name: params.name, spec: body, message: query.message, ifGeneration };
      if (query.dry_run) return ok({ application: null, plan: await api.planApplication(principal, input) });
      const answer = await api.putApplication(principal, input);
      const headers = {
        location: `/api/v1/applications/${params.name}`,
        ...(answer.application === null ? {} : { etag: etagOf(answer.application.generation) }),
      };
      const isCreated = answer.plan.outcome === "create";
      return { status: answer.plan.stage === "describing" ? 202 : isCreated ? 201 : 200, body: answer, headers };
    },
  }),
  operation({
    id: "deleteApplication",
    method: "DELETE",
    path: "/applications/{name}",
    summary: "Drain and remove the application",
    tag,
    params: ByName,
    responses: { 202: { description: "Draining has begun", schema: "ApplicationSummary" } },
    problems: [404, 412],
    handle: async ({ api, principal, params, ifGeneration }) => ({
      status: 202,
      body: await api.deleteApplication(principal, { name: params.name, ifGeneration }),
    }),
  }),
  operation({
    id: "listRevisions",
    method: "GET",
    path: "/applications/{name}/revisions",
    summary: "Revisions, newest first",
    tag,
    params: ByName,
    query: PageQuery,
    responses: { 200: { description: "A page of revisions", schema: "RevisionPage" } },
    problems: [404],
    handle: async ({ api, principal, params, query, url }) =>
      okPage(url, await api.listRevisions(principal, { ...query, name: params.name })),
  }),
  operation({
    id: "getRevision",
    method: "GET",
    path: "/applications/{name}/revisions/{number}",
    summary: "One revision with its spec and the options in force",
    tag,
    params: ByRevision,
    responses: { 200: { description: "The revision", schema: "Revision" } },
    problems: [404],
    handle: async ({ api, principal, params }) => ok(await api.getRevision(principal, params)),
  }),
  operation({
    id: "diffRevisions",
    method: "GET",
    path: "/applications/{name}/diff",
    summary: "Field-level difference of two revisions",
    tag,
    params: ByName,
    query: DiffQuery,
    responses: { 200: { description: "The changed fields", schema: "RevisionDiff" } },
    problems: [404],
    handle: async ({ api, principal, params, query }) =>
      ok(await api.diffRevisions(principal, { name: params.name, ...query })),
  }),
  operation({
    id: "rollbackApplication",
    method: "POST",
    path: "/applications/{name}/rollback",
    summary: "Point the application back at an earlier revision",
    tag,
    params: ByName,
    body: { kind: "json", schema: RollbackBody },
    responses: { 200: { description: "The application at its new target", schema: "ApplicationSummary" } },
    problems: [404, 409, 412, 415],
    handle: async ({ api, principal, params, body, ifGeneration }) => {
      const application = await api.rollbackApplication(principal, { name: params.name, ...body, ifGeneration });
      return ok(application, { etag: etagOf(application.generation) });
    },
  }),
  operation({
    id: "getTraffic",
    method: "GET",
    path: "/applications/{name}/traffic",
    summary: "Weights wanted and in force",
    tag,
    params: ByName,
    responses: { 200: { description: "The traffic", schema: "Traffic" } },
    problems: [404],
    handle: async ({ api, principal, params }) => ok(await api.getTraffic(principal, params)),
  }),
  operation({
    id: "putTraffic",
    method: "PUT",
    path: "/applications/{name}/traffic",
    summary: "Split the traffic over revisions; weights sum to 100",
    tag,
    params: ByName,
    body: { kind: "json", schema: TrafficPut },
    responses: { 200: { description: "The traffic", schema: "Traffic" } },
    problems: [404, 409, 412, 415, 422],
    handle: async ({ api, principal, params, body, ifGeneration }) =>
      ok(await api.putTraffic(principal, { name: params.name, traffic: body, ifGeneration })),
  }),
  operation({
    id: "resetTraffic",
    method: "DELETE",
    path: "/applications/{name}/traffic",
    summary: "Remove the split: all traffic follows the target revision",
    tag,
    params: ByName,
    responses: { 200: { description: "The traffic", schema: "Traffic" } },
    problems: [404, 412],
    handle: async ({ api, principal, params, ifGeneration }) =>
      ok(await api.resetTraffic(principal, { name: params.name, ifGeneration })),
  }),
];

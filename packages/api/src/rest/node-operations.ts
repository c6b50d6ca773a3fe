/** Nodes and the tokens with which they join. */
import { z } from "zod";
import { JoinTokenBody, NodePatch, NodeRemoveQuery, PageQuery } from "@sluice/contracts";
import { ok, okPage, operation } from "./operation.ts";
import type { Operation } from "./operation.ts";

const ById = z.object({ id: z.string().min(1).max(200) });
const tag = "Nodes";
const node = { 200: { description: "The node as it is wanted now", schema: "Node" } };

export const nodeOperations: readonly Operation[] = [
  operation({
    id: "listNodes",
    method: "GET",
    path: "/nodes",
    summary: "Nodes with capacity, use and replicas",
    tag,
    query: PageQuery,
    responses: { 200: { description: "A page of nodes", schema: "NodePage" } },
    handle: async ({ api, principal, query, url }) => okPage(url, await api.listNodes(principal, query)),
  }),
  operation({
    id: "listJoinTokens",
    method: "GET",
    path: "/nodes/join-tokens",
    summary: "Join tokens, newest first, without the tokens themselves",
    tag,
    responses: { 200: { description: "All of them", schema: "JoinTokenList" } },
    handle: async ({ api, principal }) => ok(await api.listJoinTokens(principal)),
  }),
  operation({
    id: "createJoinToken",
    method: "POST",
    path: "/nodes/join-tokens",
    summary: "A token with which one machine may join, once; it is shown only here",
    tag,
    body: { kind: "json", schema: JoinTokenBody },
    responses: { 201: { description: "The token", schema: "JoinTokenCreated" } },
    problems: [415, 422],
    handle: async ({ api, principal, body }) => ({ status: 201, body: await api.createJoinToken(principal, body) }),
  }),
  operation({
    id: "deleteJoinToken",
    method: "DELETE",
    path: "/nodes/join-tokens/{id}",
    summary: "Take a join token back; a node that joined with it stays",
    tag,
    params: ById,
    responses: { 204: { description: "It counts no more" } },
    problems: [404],
    handle: async ({ api, principal, params }) => {
      await api.deleteJoinToken(principal, params);
      return { status: 204 };
    },
  }),
  operation({
    id: "getNode",
    method: "GET",
    path: "/nodes/{id}",
    summary: "One node, by id or name",
    tag,
    params: ById,
    responses: { 200: { description: "The node", schema: "Node" } },
    problems: [404, 409],
    handle: async ({ api, principal, params }) => ok(await api.getNode(principal, params)),
  }),
  operation({
    id: "cordonNode",
    method: "POST",
    path: "/nodes/{id}/cordon",
    summary: "No new replicas on this node; those that run stay",
    tag,
    params: ById,
    responses: node,
    problems: [404, 409],
    handle: async ({ api, principal, params }) => ok(await api.cordonNode(principal, params)),
  }),
  operation({
    id: "uncordonNode",
    method: "POST",
    path: "/nodes/{id}/uncordon",
    summary:
      "Take new replicas again; ends a drain. A removed node is taken back where it has no credential of its own to lose; one that joined with a token joins again",
    tag,
    params: ById,
    responses: node,
    problems: [404, 409],
    handle: async ({ api, principal, params }) => ok(await api.uncordonNode(principal, params)),
  }),
  operation({
    id: "drainNode",
    method: "POST",
    path: "/nodes/{id}/drain",
    summary: "Empty the node: replacements elsewhere first, then its replicas finish and go",
    tag,
    params: ById,
    responses: node,
    problems: [404, 409],
    handle: async ({ api, principal, params }) => ok(await api.drainNode(principal, params)),
  }),
  operation({
    id: "labelNode",
    method: "PATCH",
    path: "/nodes/{id}",
    summary: "Set labels, or take them away with null; labels not named stay",
    tag,
    params: ById,
    body: { kind: "json", schema: NodePatch },
    responses: node,
    problems: [404, 409, 415, 422],
    handle: async ({ api, principal, params, body }) => ok(await api.labelNode(principal, { ...params, ...body })),
  }),
  operation({
    id: "removeNode",
    method: "DELETE",
    path: "/nodes/{id}",
    summary: "Forget the node and refuse its agent; with replicas on it only by force=true",
    tag,
    params: ById,
    query: NodeRemoveQuery,
    responses: { 200: { description: "The node, removed", schema: "Node" } },
    problems: [404, 409],
    handle: async ({ api, principal, params, query }) => ok(await api.removeNode(principal, { ...params, ...query })),
  }),
];

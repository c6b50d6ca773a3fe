import { z } from "zod";
import { LogQuery } from "@sluice/contracts";
import { operation } from "./operation.ts";
import type { Operation } from "./operation.ts";

const ById = z.object({ id: z.string().regex(/^[\w-]{1,64}$/, "The id of a replica.") });

export const logOperations: readonly Operation[] = [
  operation({
    id: "readReplicaLogs",
    method: "GET",
    path: "/replicas/{id}/logs",
    summary: "What a replica wrote, as text; follow=true goes on with what it writes. Also of replicas that are gone",
    tag: "Cluster",
    params: ById,
    query: LogQuery,
    responses: { 200: { description: "The log", contentType: "text/plain" } },
    problems: [404, 503],
    handle: async ({ api, principal, params, query, signal }) => ({
      status: 200,
      stream: {
        contentType: "text/plain; charset=utf-8",
        body: await api.readReplicaLogs(principal, { ...params, ...query }, signal),
      },
    }),
  }),
];

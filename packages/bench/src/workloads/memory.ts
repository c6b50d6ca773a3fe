import { get, runWrk } from "../load/wrk.ts";
import type { Workload } from "../measurement.ts";

const megabyte = 1e6;

/** What a replica has grown to by serving; a new one is measured with the cold start. */
export const memory: Workload = {
  id: "memory",
  title: "Memory of a no-op replica under load",
  method: "VmRSS of the replica's process; after load on 64 connections",
  points: [
    {
      id: "memory/noop",
      label: "no-op replica",
      metrics: [{ name: "after load", unit: "MB" }],
      fits: ({ replicaBytes }) => replicaBytes !== undefined,
      measure: async ({ replicaBytes, endpoints }, { seconds }) => {
        const { errors } = await runWrk(get(endpoints.noop ?? ""), { connections: 64, seconds });
        const after = (await replicaBytes?.()) ?? Number.NaN;
        return { values: { "after load": after / megabyte }, errors };
      },
    },
  ],
};

import type { Metric, Point, Settings } from "../measurement.ts";
import type { RequestTemplate, RunningPeer } from "../peers/peer.ts";
import { readCpuMs } from "../product/process-tree.ts";
import { runWrk, waitUntilIdle } from "../load/wrk.ts";

const metrics: readonly Metric[] = [
  { name: "rate", unit: "req/s" },
  { name: "p50", unit: "ms" },
  { name: "p99", unit: "ms" },
  { name: "CPU", unit: "ms/request" },
];

interface WrkPoint {
  readonly id: string;
  readonly label: string;
  readonly connections: number;
  readonly request: (peer: RunningPeer) => RequestTemplate | undefined;
}

/** A point that wrk measures: a short warm-up, then the time of the settings. */
export function wrkPoint({ id, label, connections, request }: WrkPoint): Point {
  return {
    id,
    label,
    metrics,
    fits: (peer) => request(peer) !== undefined,
    measure: async (peer: RunningPeer, { seconds }: Settings) => {
      const template = request(peer);
      if (template === undefined) throw new Error(`${peer.name} does not serve ${id}`);
      await waitUntilIdle(template);
      await runWrk(template, { connections, seconds: 1 });
      const usedMs = await readCpuMs(peer.rootPids);
      const { requests, requestsPerSecond, p50Ms, p99Ms, errors } = await runWrk(template, { connections, seconds });
      const cpu = ((await readCpuMs(peer.rootPids)) - usedMs) / requests;
      return { values: { rate: requestsPerSecond, p50: p50Ms, p99: p99Ms, CPU: cpu }, errors };
    },
  };
}

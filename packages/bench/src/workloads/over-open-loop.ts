import { runOpenLoop } from "../load/open-loop.ts";
import type { Point } from "../measurement.ts";
import type { RunningPeer } from "../peers/peer.ts";
import { percentile } from "../statistics.ts";

interface OpenLoopPoint {
  readonly id: string;
  readonly ratePerSecond: number;
  readonly url: (peer: RunningPeer) => string | undefined;
}

/** Latency at a fixed rate of Poisson arrivals. Sides that saturate below it are told by their errors and latencies. */
export function openLoopPoint({ id, ratePerSecond, url }: OpenLoopPoint): Point {
  return {
    id,
    label: `open loop, ${String(ratePerSecond)} req/s`,
    metrics: [
      { name: "p50", unit: "ms" },
      { name: "p99", unit: "ms" },
      { name: "lateness p99", unit: "ms" },
    ],
    fits: (peer) => url(peer) !== undefined && !peer.name.endsWith("default"),
    measure: async (peer, { seconds }) => {
      const { latenciesMs, latenessMs, statusCounts, broken } = await runOpenLoop({
        url: url(peer) ?? "",
        ratePerSecond,
        requests: ratePerSecond * seconds,
        connections: 256,
        random: Math.random,
      });
      const failed = [...statusCounts].reduce((sum, [status, count]) => sum + (status < 400 ? 0 : count), 0);
      return {
        values: {
          p50: percentile(latenciesMs, 0.5),
          p99: percentile(latenciesMs, 0.99),
          "lateness p99": percentile(latenessMs, 0.99),
        },
        errors: broken.length + failed,
      };
    },
  };
}

import { join } from "node:path";
import type { Proof } from "../proof.ts";
import { runOpenLoop } from "../load/open-loop.ts";
import { deployWithCli, waitUntil } from "../product/deploy.ts";
import { checkoutRoot, startProduct } from "../product/start-product.ts";
import { percentile } from "../statistics.ts";

/** One replica runs 40 requests at a time of 45 ms on average: it saturates at about 880 a second. */
const ratePerSecond = 300;
const requests = 21_000;

export const percentileProof: Proof = {
  id: "skeleton.7",
  title: "p99 as the product shows it against the load generator's own, in the same minutes",
  method: `open loop, Poisson, ${String(ratePerSecond)} GET/s, ${String(requests)} requests, handler 20-200 ms with an exponential tail; below half of saturation`,
  run: async (log) => {
    await using product = await startProduct();
    await deployWithCli(product, join(checkoutRoot, "packages/bench/apps/tail"));
    const load = await runOpenLoop({
      url: `${product.gateway}/tail`,
      ratePerSecond,
      requests,
      connections: 256,
      random: Math.random,
    });
    const bad =
      load.broken.length +
      [...load.statusCounts].reduce((sum, [status, count]) => sum + (status === 200 ? 0 : count), 0);
    const own = {
      p50: percentile(load.latenciesMs, 0.5),
      p95: percentile(load.latenciesMs, 0.95),
      p99: percentile(load.latenciesMs, 0.99),
    };
    const shown = async (metric: "latency_p50" | "latency_p95" | "latency_p99" | "throughput") => {
      const answer = await product.client.metrics.query({
        metric,
        application: "tail",
        from: new Date(load.startedAtMs - 10_000).toISOString(),
        to: new Date(load.endedAtMs + 10_000).toISOString(),
      });
      return answer.totals[0] ?? { value: null, count: 0 };
    };
    await waitUntil("all requests are counted", async () => (await shown("latency_p99")).count >= requests - bad);
    const figures = [];
    for (const [name, metric, value] of [
      ["p50", "latency_p50", own.p50],
      ["p95", "latency_p95", own.p95],
      ["p99", "latency_p99", own.p99],
    ] as const) {
      const product99 = (await shown(metric)).value ?? Number.NaN;
      log(`${name}: product ${product99.toFixed(2)} ms, load generator ${value.toFixed(2)} ms`);
      const differencePercent = (100 * (product99 - value)) / value;
      figures.push({
        name: `${name} shown against measured`,
        unit: "% difference",
        samples: [differencePercent],
        target: "within 5 %",
        holds: Math.abs(differencePercent) <= 5,
      });
    }
    return [
      ...figures,
      { name: "lateness of the load generator, p99", unit: "ms", samples: [percentile(load.latenessMs, 0.99)] },
      { name: "failed requests", unit: `of ${String(requests)}`, samples: [bad], target: "0", holds: bad === 0 },
    ];
  },
};

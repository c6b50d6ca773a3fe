import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { startProcess } from "../peers/child-process.ts";
import { findFreePort } from "../peers/free-port.ts";
import { deployWithCli, waitUntil } from "../product/deploy.ts";
import { checkoutRoot, startProduct, type RunningProduct } from "../product/start-product.ts";
import type { Figure, Proof } from "../proof.ts";
import { median } from "../statistics.ts";
import { runLoadStep } from "./load-step.ts";

const repetitions = 5;
/** Longer than any side needs on a machine that does nothing else. */
const limitMs = 60_000;

/** Seconds to the second and to the fourth replica, by repetition. */
interface Steps {
  readonly second: readonly number[];
  readonly fourth: readonly number[];
  readonly failed: number;
}

export const autoscalingProof: Proof = {
  id: "orchestration.2",
  title: "Load step: 32 concurrent requests of 0.5 s onto one replica, until the second and the fourth answer",
  method: `target 8 per replica, 1 to 4 replicas, upscale_delay_s 0, look_back_period_s 10; ${String(repetitions)} repetitions, scaled back to 1 between them; Ray Serve with the same options where SLUICE_BENCH_RAY_PYTHON names one, one side after the other`,
  run: async (log) => {
    const ours = await measureOurs(log);
    const ray = await measureRay(log);
    const below = (name: string, samples: readonly number[], limitS: number): Figure => ({
      name,
      unit: "s",
      samples,
      target: `median < ${String(limitS)} s`,
      holds: samples.length === repetitions && median(samples) < limitS,
    });
    return [
      below("to the second replica answering", ours.second, 1.5),
      below("to the fourth replica answering", ours.fourth, 2),
      { name: "failed requests", unit: "", samples: [ours.failed], target: "0", holds: ours.failed === 0 },
      ...(ray === undefined
        ? []
        : [
            { name: "Ray Serve, to the second", unit: "s", samples: ray.second },
            { name: "Ray Serve, to the fourth", unit: "s", samples: ray.fourth },
          ]),
    ];
  },
};

async function measureOurs(log: (line: string) => void): Promise<Steps> {
  await using product = await startProduct();
  await deployWithCli(product, join(checkoutRoot, "packages/bench/apps/step"));
  const steps = await repeatSteps("Sluice", `${product.gateway}/step`, log, async () => {
    await waitUntil(
      "step is back at one replica",
      async () => {
        const { items } = await product.client.replicas.list({ application: "step" });
        return items.filter(({ stage }) => stage !== "stopped" && stage !== "failed").length === 1;
      },
      90_000,
    );
  });
  await logDecisions(product, log);
  return steps;
}

async function repeatSteps(
  side: string,
  url: string,
  log: (line: string) => void,
  scaleBack: () => Promise<void>,
): Promise<Steps> {
  const second: number[] = [];
  const fourth: number[] = [];
  let failed = 0;
  for (let turn = 0; turn < repetitions; turn += 1) {
    await scaleBack();
    const step = await runLoadStep(url, 4, limitMs);
    second.push(step.toReplica(2) / 1000);
    fourth.push(step.toReplica(4) / 1000);
    failed += step.failed.length;
    log(
      `${side} ${String(turn + 1)}: second ${(step.toReplica(2) / 1000).toFixed(2)} s, third ${(step.toReplica(3) / 1000).toFixed(2)} s, fourth ${(step.toReplica(4) / 1000).toFixed(2)} s, ${String(step.answers)} answers, ${String(step.failed.length)} failed ${step.failed[0] ?? ""}`,
    );
  }
  return { second, fourth, failed };
}

/** The decisions of the last step, oldest first, and when its replicas reached their stages. */
async function logDecisions(product: RunningProduct, log: (line: string) => void): Promise<void> {
  const { items } = await product.client.events.list({ application: "step", limit: 200 });
  const decisions = items.filter(({ reason }) => reason === "Autoscaled").reverse();
  const from = decisions.findLastIndex(({ numbers }) => numbers["before"] === 1);
  log("decisions of the last step:");
  for (const { at, message, numbers } of decisions.slice(Math.max(0, from))) {
    log(`  ${at} ${message}`);
    log(`    ${JSON.stringify(numbers)}`);
  }
  const { items: replicas } = await product.client.replicas.list({ application: "step", limit: 4 });
  for (const { id, stage_times: times } of replicas) log(`  replica ${id}: ${JSON.stringify(times)}`);
}

const Started = z.object({ url: z.string() });

async function measureRay(log: (line: string) => void): Promise<Steps | undefined> {
  const { rayPython, environment } = readConfig();
  if (rayPython === undefined) return undefined;
  const script = join(checkoutRoot, "packages/bench/peers/ray/load_step.py");
  await using ray = startProcess(rayPython, [script, "--port", String(await findFreePort())], {
    env: { ...environment, PYTHONDONTWRITEBYTECODE: "1", RAY_USAGE_STATS_ENABLED: "0", RAY_worker_niceness: "0" },
  });
  let line = await ray.nextLine();
  // Ray's own log lines go to stdout, too.
  while (!line.startsWith("{")) line = await ray.nextLine();
  const { url } = Started.parse(JSON.parse(line));
  const steps = await repeatSteps("Ray Serve", url, log, async () => waitForOneAnswering(url));
  ray.child.stdin?.end();
  await waitUntil("Ray has ended", async () => ray.child.exitCode !== null || ray.child.signalCode !== null);
  return steps;
}

/** Ray does not say over HTTP how many replicas it has: one does when twelve requests one after the other name only one. */
async function waitForOneAnswering(url: string): Promise<void> {
  await waitUntil(
    "Ray Serve is back at one replica",
    async () => {
      const asked = Array.from({ length: 12 }, async () => (await fetch(url)).text());
      const isOne = new Set(await Promise.all(asked)).size === 1;
      if (!isOne) await new Promise<void>((resolve) => setTimeout(resolve, 5_000));
      return isOne;
    },
    180_000,
  );
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { Proof } from "../proof.ts";
import { runOpenLoop } from "../load/open-loop.ts";
import { waitUntil, waitUntilRunning } from "../product/deploy.ts";
import { digitsDirectory } from "../product/digits-data.ts";
import { startProduct, type RunningProduct } from "../product/start-product.ts";

const kills = 5;
const ratePerSecond = 100;

export const killProof: Proof = {
  id: "skeleton.6",
  title: "kill -9 of one of two replicas under constant load",
  method: `digits with 2 replicas, open loop ${String(ratePerSecond)} GET/s, ${String(kills)} kills one after the other`,
  run: async (log) => {
    await using product = await startProduct();
    await deployTwoReplicas(product);
    const replacedSeconds: number[] = [];
    const load = runOpenLoop({
      url: `${product.gateway}/digits`,
      ratePerSecond,
      requests: ratePerSecond * kills * 6,
      connections: 64,
      random: Math.random,
    });
    for (let turn = 0; turn < kills; turn += 1) {
      const victim = await readyReplica(product);
      process.kill(victim.pid, "SIGKILL");
      const ms = await waitUntil(`${victim.id} is replaced`, async () => {
        const { items } = await product.client.replicas.list({ application: "digits" });
        const ready = items.filter((replica) => replica.stage === "ready");
        return ready.length === 2 && ready.every((replica) => replica.id !== victim.id);
      });
      replacedSeconds.push(ms / 1000);
    }
    const result = await load;
    const events = await product.client.events.list({ application: "digits" });
    const text = events.items.find((event) => event.message.includes("SIGKILL"))?.message ?? "";
    log(`event: ${text}`);
    const failed =
      result.broken.length +
      [...result.statusCounts].reduce((sum, [status, count]) => sum + (status === 200 ? 0 : count), 0);
    return [
      {
        name: "failed requests",
        unit: `of ${String(result.latenciesMs.length)}`,
        samples: [failed],
        target: "0",
        holds: failed === 0,
      },
      { name: "killed replica replaced and ready", unit: "s", samples: replacedSeconds, target: "reported" },
      { name: "events that name SIGKILL", unit: "", samples: [text === "" ? 0 : 1], target: "1", holds: text !== "" },
    ];
  },
};

async function deployTwoReplicas(product: RunningProduct): Promise<void> {
  const model = await readFile(join(digitsDirectory, "digits-logreg.onnx"));
  const { bundle } = await product.client.bundles.upload("digits-logreg.onnx", model);
  const config = parse(await readFile(join(digitsDirectory, "config.yaml"), "utf8")) as {
    applications: [{ deployments: [Record<string, unknown>] }];
  };
  const spec = config.applications[0];
  spec.deployments[0] = { ...spec.deployments[0], model: `bundle:${bundle.sha256}`, num_replicas: 2 };
  await product.client.applications.put(spec as never);
  await waitUntilRunning(product.client, "digits", 1);
}

async function readyReplica(product: RunningProduct): Promise<{ id: string; pid: number }> {
  const { items } = await product.client.replicas.list({ application: "digits" });
  for (const { id, pid, stage } of items) if (stage === "ready" && pid !== null) return { id, pid };
  throw new Error("no ready replica");
}

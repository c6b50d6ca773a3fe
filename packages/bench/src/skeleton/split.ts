import { join } from "node:path";
import type { Proof } from "../proof.ts";
import { deployWithCli, waitUntil } from "../product/deploy.ts";
import { digitsDirectory } from "../product/digits-data.ts";
import { startProduct } from "../product/start-product.ts";

const repetitions = 5;
const requests = 10_000;

export const splitProof: Proof = {
  id: "skeleton.5",
  title: "A split between two revisions: observed shares, and time until a change is in force",
  method: `two digits revisions; ${String(requests)} GETs at 90/10; then ${String(repetitions)} changes between 90/10 and 50/50, each timed until gateways have it`,
  run: async (log) => {
    await using product = await startProduct();
    await deployWithCli(product, join(digitsDirectory, "config.yaml"));
    await deployWithCli(product, join(digitsDirectory, "config-cnn.yaml"));
    const setSplit = async (first: number): Promise<number> => {
      const startMs = performance.now();
      await product.client.applications.setTraffic("digits", [
        { revision: 1, weight: first },
        { revision: 2, weight: 100 - first },
      ]);
      await waitUntil(`${String(first)} % in force`, async () => {
        const traffic = await product.client.applications.traffic("digits");
        const weight = traffic.effective.find((variant) => variant.revision === 1)?.weight ?? 0;
        return weight === first && traffic.in_force_at !== null && traffic.gateways_applied === traffic.gateways_total;
      });
      return (performance.now() - startMs) / 1000;
    };

    const firstSeconds = await setSplit(90);
    log(`90/10 in force after ${firstSeconds.toFixed(2)} s (revision 1 had to start its replica again)`);
    const share = await observedShare(`${product.gateway}/digits`);
    log(`of ${String(requests)} requests ${share.toFixed(2)} % went to revision 2`);
    const seconds: number[] = [];
    for (let turn = 0; turn < repetitions; turn += 1) seconds.push(await setSplit(turn % 2 === 0 ? 50 : 90));
    return [
      {
        name: "share of revision 2 at 10 %",
        unit: "%",
        samples: [share],
        target: "10 +- 1 %",
        holds: Math.abs(share - 10) <= 1,
      },
      {
        name: "change of the split until in force on every gateway",
        unit: "s",
        samples: seconds,
        target: "< 2 s each",
        holds: seconds.every((value) => value < 2),
      },
    ];
  },
};

/** Share of answers, in percent, that came from revision 2; 8 callers at a time. */
async function observedShare(url: string): Promise<number> {
  let left = requests;
  let second = 0;
  const call = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const response = await fetch(url);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`status ${String(response.status)}`);
      if (response.headers.get("x-sluice-revision") === "2") second += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, call));
  return (100 * second) / requests;
}

import { expect, it } from "vitest";
import { SimulatedCluster } from "../../simulator/simulated-cluster.ts";
import { simulatedNodes } from "../../simulator/story.ts";
import { putApplication } from "../../simulator/wishes.ts";

const longMs = 3_600_000;

/** Two revisions, the second one ready; `onUpdate` runs when the update is asked for. */
async function update(gateways: number, onUpdate: (cluster: SimulatedCluster) => void) {
  const cluster = new SimulatedCluster(1, { nodes: simulatedNodes(2), gateways });
  const { clock, store } = cluster;
  const put = (code: string): void => {
    const options = { name: "model", num_replicas: 1, ray_actor_options: { num_cpus: 1 } };
    putApplication(store, { name: "one", code, deployments: [{ options, outbound: [] }] }, clock.now());
    cluster.tell("app-one");
  };
  await cluster.start();
  put("first");
  await clock.advance(60_000);
  const part = store.applications.get("app-one");
  const [first] = part?.replicas.values() ?? [];
  if (part === undefined || first?.stage !== "ready") throw new Error("the first revision is not ready");
  onUpdate(cluster);
  put("second");
  const stageOfFirst = (): string => part.replicas.get(first.id)?.stage ?? "gone";
  const weights = (): unknown => part.traffic?.variants.map(({ revision }) => revision);
  return { cluster, clock, stageOfFirst, weights };
}

it("keeps what a gateway may still route to while none is linked, until it is back and has the new weights", async () => {
  const { cluster, clock, stageOfFirst, weights } = await update(1, ({ gateways }) => gateways[0]?.restart(longMs));
  await clock.advance(300_000);
  expect(weights()).toEqual([2]);
  expect(stageOfFirst()).toBe("ready");
  cluster.gateways[0]?.start();
  // Kept warm for a rollback from then on.
  await clock.advance(200_000);
  expect(stageOfFirst()).toBe("stopped");
});

it("counts a lost gateway as dead after ten minutes, and one that said goodbye at once", async () => {
  const alone = await update(1, ({ gateways }) => gateways[0]?.restart(longMs));
  await alone.clock.advance(590_000);
  expect(alone.stageOfFirst()).toBe("ready");
  await alone.clock.advance(180_000);
  expect(alone.stageOfFirst()).toBe("stopped");

  const stopped = await update(1, ({ gateways }) => gateways[0]?.stop());
  await stopped.clock.advance(145_000);
  expect(stopped.stageOfFirst()).toBe("stopped");
});

import { expect, it } from "vitest";
import { SimulatedCluster } from "../../simulator/simulated-cluster.ts";
import { simulatedNodes } from "../../simulator/story.ts";
import { changeIntent, putApplication } from "../../simulator/wishes.ts";

it("gives room that gets free to who waits for it at once, without a look at everything", async () => {
  const [node] = simulatedNodes(1);
  if (node === undefined) throw new Error("no node");
  const cluster = new SimulatedCluster(1, { nodes: [{ ...node, gpus: node.gpus.slice(0, 1) }], gateways: 1 });
  const { clock, store } = cluster;
  const put = (name: string): void => {
    const options = { name: "model", num_replicas: 1, ray_actor_options: { num_gpus: 1 } };
    putApplication(store, { name, code: name, deployments: [{ options, outbound: [] }] }, clock.now());
    cluster.tell(`app-${name}`);
  };
  const stages = (name: string): string[] =>
    [...(store.applications.get(`app-${name}`)?.replicas.values() ?? [])].map(({ stage }) => stage);
  await cluster.start();
  put("one");
  await clock.advance(60_000);
  put("two");
  await clock.advance(10_000);
  expect([stages("one"), stages("two")]).toEqual([["ready"], ["pending"]]);

  const freed: number[] = [];
  const taken: number[] = [];
  store.onCommitted = ({ changedReplicas }) => {
    for (const { before, after } of changedReplicas) {
      if (before.endedAtMs === null && after.endedAtMs !== null) freed.push(clock.now());
      if (before.stage === "pending" && after.stage === "assigned") taken.push(clock.now());
    }
  };
  changeIntent(store, "app-one", { deletingAtMs: clock.now() });
  cluster.tell("app-one");
  await clock.advance(30_000);

  expect([freed.length, taken.length]).toEqual([1, 1]);
  expect((taken[0] ?? 0) - (freed[0] ?? 0)).toBeLessThan(100);
  expect(cluster.found).toBe(0);
});

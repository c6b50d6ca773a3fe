import { expect, it } from "vitest";
import { makeApplication, makePool, memberOf, newReplica, nodeFacts, openTestDatabase } from "../../test/fixtures.ts";
import {
  createReplica,
  defaultProjectId,
  findOrCreatePool,
  getReplica,
  listNodes,
  listPools,
  listReplicas,
  pruneEndedReplicas,
  saveNodeUsage,
  setNodeState,
  updateReplica,
  upsertNode,
} from "../index.ts";

it("gives racing callers one pool per application, deployment, version and reconfigure hash", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const key = {
    projectId: defaultProjectId,
    applicationId: application.id,
    deployment: "model",
    version: "v1",
    reconfigureHash: "r1",
  };
  const pools = await Promise.all(
    [1, 2, 3, 4].map((revision) => findOrCreatePool(test.db, { ...key, createdForRevision: revision })),
  );
  expect(new Set(pools.map((pool) => pool.id)).size).toBe(1);
  await findOrCreatePool(test.db, { ...key, reconfigureHash: "r2", createdForRevision: 5 });
  expect(await listPools(test.db, { applicationId: application.id })).toHaveLength(2);
});

it("keeps a replica with its members and finds it by application, pool, node and life", async () => {
  await using test = await openTestDatabase();
  const pool = await makePool(test.db, await makeApplication(test.db, "digits"));
  const created = await createReplica(test.db, newReplica("r1", pool));
  expect(created).toMatchObject({ nodeId: null, members: [], rowVersion: 0, stage: "pending" });
  const member = memberOf("r1", pool, "n1");
  const placed = await test.db.transaction((tx) =>
    updateReplica(tx, created, { stage: "assigned", members: [member] }),
  );
  expect(placed).toMatchObject({
    nodeId: "n1",
    members: [member],
    rowVersion: 1,
    stage: "assigned",
    stageTimes: { pending: 1_000 },
  });
  await createReplica(test.db, newReplica("r2", pool), [memberOf("r2", pool, "n2")]);
  const ids = async (filter: Parameters<typeof listReplicas>[1]) =>
    (await listReplicas(test.db, filter)).map((replica) => replica.id);
  expect(await ids({ nodeId: "n1" })).toEqual(["r1"]);
  expect(await ids({ applicationId: pool.applicationId, live: true })).toEqual(["r1", "r2"]);
  expect(await ids({ poolId: pool.id, live: false })).toEqual([]);
});

it("writes a change only on what was read, and tells the loser of a race so", async () => {
  await using test = await openTestDatabase();
  const pool = await makePool(test.db, await makeApplication(test.db, "digits"));
  const created = await createReplica(test.db, newReplica("r1", pool));
  const results = await Promise.all(
    ["ready", "failed"].map((stage) =>
      test.db.transaction((tx) =>
        updateReplica(tx, created, {
          stage: stage === "ready" ? "ready" : "failed",
          members: [memberOf("r1", pool, stage)],
        }),
      ),
    ),
  );
  const winners = results.filter((result) => result !== null);
  expect(winners).toHaveLength(1);
  expect(await getReplica(test.db, "r1")).toEqual(winners[0]);
});

it("changes only what is named, and can clear what may be empty", async () => {
  await using test = await openTestDatabase();
  const pool = await makePool(test.db, await makeApplication(test.db, "digits"));
  const first = await createReplica(test.db, newReplica("r1", pool), [memberOf("r1", pool, "n1")]);
  const exit = { code: null, signal: "SIGKILL", lastErrorLine: null };
  const address = { kind: "unix", path: "/run/r1.sock" } as const;
  const second = await test.db.transaction((tx) =>
    updateReplica(tx, first, { pid: 7, rssBytes: 5e9, address, message: "torn \0 text" }),
  );
  expect(second).toMatchObject({ pid: 7, rssBytes: 5e9, address, message: "torn \uFFFD text", nodeId: "n1" });
  if (second === null) return;
  const third = await test.db.transaction((tx) =>
    updateReplica(tx, second, { pid: null, address: null, exit, endedAtMs: 9_000 }),
  );
  expect(third).toMatchObject({ pid: null, address: null, exit, endedAtMs: 9_000, rssBytes: 5e9, rowVersion: 2 });
});

it("forgets ended replicas but the newest ten of each pool, and no live one", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const [pool, other] = [await makePool(test.db, application), await makePool(test.db, application, "other")];
  await createReplica(test.db, newReplica("live", pool));
  await createReplica(test.db, newReplica("elsewhere", other));
  for (let index = 0; index < 13; index++) {
    const replica = await createReplica(test.db, newReplica(`r${String(index).padStart(2, "0")}`, pool));
    await test.db.transaction((tx) => updateReplica(tx, replica, { stage: "failed", endedAtMs: 1_000 * (index + 1) }));
  }
  expect(await pruneEndedReplicas(test.db)).toBe(3);
  const left = (await listReplicas(test.db)).map((replica) => replica.id).sort();
  expect(left).toEqual(["elsewhere", "live", "r03", "r04", "r05", "r06", "r07", "r08", "r09", "r10", "r11", "r12"]);
});

it("renews a node's facts at hello, keeps it cordoned, and makes an unreachable one ready again", async () => {
  await using test = await openTestDatabase();
  const first = await upsertNode(test.db, { projectId: defaultProjectId, facts: nodeFacts("n1") });
  expect(first).toMatchObject({ state: "ready", usage: null });
  await saveNodeUsage(test.db, "n1", { at: 5, cpuPercent: 50, memoryUsedBytes: 1e9, gpus: [] });
  await setNodeState(test.db, "n1", "unreachable", "no heartbeat for 10 s");
  await upsertNode(test.db, { projectId: defaultProjectId, facts: { ...nodeFacts("n1"), cpus: 4 } });
  expect(await listNodes(test.db)).toMatchObject([
    { state: "ready", message: "", facts: { cpus: 4 }, usage: { cpuPercent: 50 } },
  ]);
  await setNodeState(test.db, "n1", "cordoned", "by hand");
  await upsertNode(test.db, { projectId: defaultProjectId, facts: nodeFacts("n1") });
  expect(await listNodes(test.db)).toMatchObject([{ state: "cordoned", message: "by hand" }]);
  await setNodeState(test.db, "n1", "gone", "removed");
  expect(await listNodes(test.db)).toEqual([]);
  expect(await listNodes(test.db, { withGone: true })).toHaveLength(1);
});

/** The store in memory keeps the promises of the one in Postgres: both are held to the same tests. */
import {
  acquireLease,
  appendRevision,
  changeApplication,
  createApplication,
  defaultProjectId,
  emptyBatch,
  findOrCreatePool,
  openDatabase,
  StaleRowsError,
  type Application,
  type Replica,
} from "@sluice/db";
import { testDatabase } from "@sluice/testkit";
import { describe, expect, it } from "vitest";
import type { LeaderStore } from "../src/state/leader-store.ts";
import { postgresStore } from "../src/state/postgres-store.ts";
import { MemoryStore } from "./memory-store.ts";
import { changeIntent, putApplication } from "./wishes.ts";

interface Subject extends AsyncDisposable {
  readonly store: LeaderStore;
  readonly applicationId: string;
  readonly poolId: string;
  readonly generation: number;
  /** Somebody changes what is wanted. */
  change(): Promise<void>;
}

function memorySubject(): Promise<Subject> {
  const store = new MemoryStore();
  putApplication(store, { name: "chat", code: "code", deployments: [{ options: { name: "model" }, outbound: [] }] }, 1);
  const applicationId = "app-chat";
  const poolId = store.applications.get(applicationId)?.intent.pools[0]?.id ?? "";
  return Promise.resolve({
    store,
    applicationId,
    poolId,
    generation: 1,
    change: () => Promise.resolve(changeIntent(store, applicationId, { manualScale: { model: 2 } })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

async function postgresSubject(): Promise<Subject> {
  const test = await testDatabase();
  const database = openDatabase({ url: test.url, maxConnections: 3 });
  const lease = await acquireLease(database, { holder: "test", address: "http://127.0.0.1:1", ttlMs: 600_000 });
  const spec = {
    name: "chat",
    route_prefix: "/chat",
    runtime_env: {},
    args: {},
    engine: "sluice" as const,
    deployments: [],
  };
  let application = await database.transaction(async (tx): Promise<Application> => {
    const created = await createApplication(tx, { projectId: defaultProjectId, name: "chat", routePrefix: "/chat" });
    const status = { stage: "described", message: "", description: null } as const;
    await appendRevision(tx, created, { spec, specHash: "", message: "", createdBy: "test", status });
    return await changeApplication(tx, created, { targetRevision: 1 });
  });
  const key = { applicationId: application.id, deployment: "model", version: "v1", reconfigureHash: "c1" };
  const pool = await findOrCreatePool(database, { projectId: defaultProjectId, ...key, createdForRevision: 1 });
  return {
    store: postgresStore(database, lease?.epoch ?? 0),
    applicationId: application.id,
    poolId: pool.id,
    generation: 1,
    change: async () => {
      application = await database.transaction((tx) =>
        changeApplication(tx, application, { manualScale: { model: 2 } }),
      );
    },
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

function replicaOf({ applicationId, poolId }: Subject, id: string): Replica {
  return {
    id,
    projectId: defaultProjectId,
    applicationId,
    poolId,
    deployment: "model",
    version: "v1",
    revision: 1,
    desired: "run",
    stage: "pending",
    stageTimes: { pending: 1_000 },
    message: "wanted 1, 0 there",
    refusals: null,
    configVersion: null,
    address: null,
    pid: null,
    exit: null,
    ongoing: 0,
    rssBytes: null,
    replacesId: null,
    replacedById: null,
    failureCounted: false,
    members: [],
    nodeId: null,
    rowVersion: 0,
    createdAtMs: 1_000,
    endedAtMs: null,
  };
}

const changed = (before: Replica, change: Partial<Replica>): { before: Replica; after: Replica } => ({
  before,
  after: { ...before, ...change, rowVersion: before.rowVersion + 1 },
});

describe.each([
  ["in memory", memorySubject],
  ["in Postgres", postgresSubject],
])("the leader's store %s", (_name, open) => {
  it("gives back what was committed", async () => {
    await using subject = await open();
    const { store, applicationId, poolId } = subject;
    const replica = replicaOf(subject, "r1");
    const failures = { generation: 1, count: 0, lastAtMs: null, everReady: false, gaveUp: false, lastError: null };
    const numbers = { wantedReplicas: 1, readyReplicas: 0, warmUntilMs: null };
    const status = { applicationId, poolId, state: "UPDATING", message: "0 of 1", failures, ...numbers } as const;
    const verdict = { state: "DEPLOYING", message: "soon", observedGeneration: 1, servingRevisions: [1] } as const;
    const fate = { failedGeneration: null, failedReason: null, updatedAtMs: 2_000 };
    const statuses = [{ applicationId, projectId: defaultProjectId, ...verdict, ...fate }];
    const weights = {
      variants: [{ variant: "r1", revision: 1, weight: 100 }],
      source: "rollout",
      reason: "ready",
    } as const;
    const travel = { splitNode: "", sliceEpoch: 1, sliceVersion: 2, changedAtMs: 3_000, inForceAtMs: null };
    const traffic = [{ applicationId, projectId: defaultProjectId, ...weights, ...travel }];
    await store.commit({
      ...emptyBatch,
      atGenerations: [{ applicationId, generation: 1 }],
      createdReplicas: [replica],
      poolStatuses: [status],
      statuses,
      traffic,
      notices: [applicationId, null],
    });
    const [rows] = await store.readApplications([applicationId]);
    expect(rows?.replicas).toEqual([replica]);
    expect(rows?.poolStatuses).toMatchObject([{ poolId, state: "UPDATING", wantedReplicas: 1, warmUntilMs: null }]);
    expect(rows?.status).toMatchObject(verdict);
    expect(rows?.traffic).toMatchObject({ ...weights, sliceVersion: 2, changedAtMs: 3_000, inForceAtMs: null });
    expect(await store.listGenerations()).toEqual([{ id: applicationId, generation: 1 }]);
  });

  it("writes nothing of a batch when one row is not what it was made from", async () => {
    await using subject = await open();
    const { store, applicationId } = subject;
    const [first, second] = [replicaOf(subject, "r1"), replicaOf(subject, "r2")];
    await store.commit({ ...emptyBatch, createdReplicas: [first, second] });
    await store.commit({ ...emptyBatch, changedReplicas: [changed(first, { message: "once" })] });
    const stale = store.commit({
      ...emptyBatch,
      changedReplicas: [changed(second, { message: "never" }), changed(first, { message: "twice" })],
    });
    await expect(stale).rejects.toBeInstanceOf(StaleRowsError);
    const [rows] = await store.readApplications([applicationId]);
    const messages = new Map(rows?.replicas.map(({ id, message }) => [id, message]));
    expect(messages).toEqual(
      new Map([
        ["r1", "once"],
        ["r2", second.message],
      ]),
    );
  });

  it("refuses a plan for another generation, or for an application that is gone", async () => {
    await using subject = await open();
    const { store, applicationId, generation } = subject;
    await subject.change();
    const batch = { ...emptyBatch, createdReplicas: [replicaOf(subject, "r1")] };
    const late = store.commit({ ...batch, atGenerations: [{ applicationId, generation }] });
    await expect(late).rejects.toBeInstanceOf(StaleRowsError);
    await store.commit({ ...batch, atGenerations: [{ applicationId, generation: generation + 1 }] });
    await store.commit({ ...emptyBatch, deletedApplications: [applicationId] });
    expect(await store.readApplications([applicationId])).toEqual([]);
    const gone = store.commit({ ...emptyBatch, atGenerations: [{ applicationId, generation: generation + 1 }] });
    await expect(gone).rejects.toBeInstanceOf(StaleRowsError);
  });

  it("keeps members, ends and deletions of replicas", async () => {
    await using subject = await open();
    const { store, applicationId } = subject;
    const created = replicaOf(subject, "r1");
    await store.commit({ ...emptyBatch, createdReplicas: [created, replicaOf(subject, "r2")] });
    const ended = changed(created, {
      stage: "failed",
      endedAtMs: 5_000,
      exit: { code: 1, signal: null, lastErrorLine: "no" },
    });
    await store.commit({ ...emptyBatch, changedReplicas: [ended], deletedReplicas: [replicaOf(subject, "r2")] });
    const [rows] = await store.readApplications([applicationId]);
    expect(rows?.replicas).toEqual([ended.after]);
    expect(await store.listHostingNodes(applicationId)).toEqual([]);
  });
});

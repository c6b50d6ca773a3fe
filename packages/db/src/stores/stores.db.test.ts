import type { DescribeResult } from "@sluice/contracts";
import { expect, it } from "vitest";
import { makeApplication, makePool, openTestDatabase } from "../../test/fixtures.ts";
import {
  appendAuditEntry,
  appendEvents,
  claimIdempotencyKey,
  createApiKey,
  defaultProjectId,
  deleteExpiredIdempotencyKeys,
  getBundleDescription,
  getEffectiveTraffic,
  getSetting,
  getTrafficSplit,
  listAuditEntries,
  listEvents,
  listGateways,
  listPoolStatuses,
  listRolloutStatuses,
  listTrafficSplits,
  markGatewayDisconnected,
  markTrafficInForce,
  releaseIdempotencyKey,
  removeTrafficSplit,
  replaceTrafficSplit,
  revokeApiKey,
  saveBundleDescription,
  saveGatewayApplied,
  saveIdempotentAnswer,
  saveRolloutStatus,
  saveSetting,
  saveTrafficSlice,
  setEffectiveTraffic,
  upsertGateway,
  useApiKey,
} from "../index.ts";
import { query } from "../connection/handle.ts";

const projectId = defaultProjectId;
const variant = (revision: number, weight: number) => ({ name: `r${revision}`, revision, deployment: null, weight });

it("replaces a split as a whole, in the order given, and removes it back to following the target", async () => {
  await using test = await openTestDatabase();
  const { id: applicationId } = await makeApplication(test.db, "digits");
  const split = { projectId, applicationId, splitNode: "", rules: [], createdBy: "test" };
  await test.db.transaction((tx) => replaceTrafficSplit(tx, { ...split, variants: [variant(1, 90), variant(2, 10)] }));
  const rules = [{ match: { header: "x-beta" }, variant: "r3" }];
  await test.db.transaction((tx) =>
    replaceTrafficSplit(tx, { ...split, rules, variants: [variant(3, 50), variant(1, 50)] }),
  );
  expect(await listTrafficSplits(test.db, { applicationId })).toMatchObject([
    { variants: [variant(3, 50), variant(1, 50)], rules },
  ]);
  expect(await test.db.transaction((tx) => removeTrafficSplit(tx, applicationId))).toBe(true);
  expect(await test.db.transaction((tx) => removeTrafficSplit(tx, applicationId))).toBe(false);
  expect(await getTrafficSplit(test.db, applicationId)).toBeNull();
});

it("refuses weights outside 0 to 100 in the database itself", async () => {
  await using test = await openTestDatabase();
  const { id: applicationId } = await makeApplication(test.db, "digits");
  const split = { projectId, applicationId, splitNode: "", rules: [], createdBy: "test", variants: [variant(1, 101)] };
  await expect(test.db.transaction((tx) => replaceTrafficSplit(tx, split))).rejects.toThrow(
    /traffic_variant_weight_check/,
  );
});

it("renews the time of a change only when weights change, and waits for gateways anew", async () => {
  await using test = await openTestDatabase();
  const { id: applicationId } = await makeApplication(test.db, "digits");
  const half = { variants: [{ variant: "r1", revision: 1, weight: 100 }], source: "rollout", reason: "ready" } as const;
  const first = await setEffectiveTraffic(test.db, { projectId, applicationId, ...half });
  await saveTrafficSlice(test.db, applicationId, { epoch: 3, version: 9 });
  await markTrafficInForce(test.db, applicationId, 5_000);
  await markTrafficInForce(test.db, applicationId, 6_000);
  const same = await setEffectiveTraffic(test.db, { projectId, applicationId, ...half, reason: "still ready" });
  expect(same).toEqual({ ...first, reason: "still ready", sliceEpoch: 3, sliceVersion: 9, inForceAtMs: 5_000 });
  await setEffectiveTraffic(test.db, { projectId, applicationId, variants: [], source: "split", reason: "off" });
  const changed = await getEffectiveTraffic(test.db, applicationId);
  expect(changed).toMatchObject({ variants: [], source: "split", inForceAtMs: null });
  expect(changed?.changedAtMs).toBeGreaterThanOrEqual(first.changedAtMs);
});

it("adds versions that a gateway applied to those it had, and replaces all at its hello", async () => {
  await using test = await openTestDatabase();
  const gateway = { id: "g1", projectId, name: "gw", address: "http://localhost:8000" };
  await upsertGateway(test.db, { ...gateway, applied: [{ application: "a", epoch: 1, version: 1 }] });
  await saveGatewayApplied(test.db, "g1", [{ application: "b", epoch: 1, version: 2 }]);
  await markGatewayDisconnected(test.db, "g1", 7_000);
  const applied = { a: { epoch: 1, version: 1 }, b: { epoch: 1, version: 2 } };
  expect(await listGateways(test.db)).toMatchObject([{ applied, connected: false, lostAtMs: 7_000 }]);
  expect(await upsertGateway(test.db, { ...gateway, applied: [] })).toMatchObject({
    applied: {},
    connected: true,
    lostAtMs: null,
  });
});

it("lists events newest first, page by page, by what they are about", async () => {
  await using test = await openTestDatabase();
  const event = { projectId, severity: "info", message: "m" } as const;
  await appendEvents(test.db, [
    { ...event, reason: "one", applicationId: "a", numbers: { replicas: 2 } },
    { ...event, reason: "two", nodeId: "n", severity: "warning" },
    { ...event, reason: "three", applicationId: "a", replicaId: "r", atMs: 1_000 },
  ]);
  const page = await listEvents(test.db, { projectId, limit: 2 });
  const rest = await listEvents(test.db, { projectId, limit: 2, cursor: page.nextCursor ?? undefined });
  expect([page, rest].map((each) => each.items.map((item) => item.reason))).toEqual([["three", "two"], ["one"]]);
  const reasons = async (filter: object) =>
    (await listEvents(test.db, { projectId, ...filter })).items.map((item) => item.reason);
  expect(await reasons({ applicationId: "a" })).toEqual(["three", "one"]);
  expect(await reasons({ severities: ["warning", "error"] })).toEqual(["two"]);
  expect(await reasons({ toMs: 2_000 })).toEqual(["three"]);
  expect(await reasons({ nodeId: "n", replicaId: "r" })).toEqual([]);
  expect(rest.items[0]).toMatchObject({ numbers: { replicas: 2 }, deployment: null });
});

it("writes an audit entry with the change or not at all", async () => {
  await using test = await openTestDatabase();
  const entry = {
    projectId,
    principal: "local admin",
    action: "setting.put",
    objectKind: "setting",
    objectId: "k",
    objectName: "k",
  };
  const failed = test.db.transaction(async (tx) => {
    await saveSetting(tx, projectId, "k", 1);
    await appendAuditEntry(tx, { ...entry, after: 1 });
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect((await listAuditEntries(test.db, { projectId })).items).toEqual([]);
  await test.db.transaction((tx) => appendAuditEntry(tx, { ...entry, before: null, after: { value: 2 } }));
  expect((await listAuditEntries(test.db, { projectId, objectKind: "setting" })).items).toMatchObject([
    { ...entry, before: null, after: { value: 2 }, requestId: null },
  ]);
});

it("keeps a setting of any JSON value, null told from absent", async () => {
  await using test = await openTestDatabase();
  expect(await getSetting(test.db, projectId, "k")).toBeUndefined();
  for (const value of [{ days: 7 }, null, false]) {
    await test.db.transaction((tx) => saveSetting(tx, projectId, "k", value));
    expect(await getSetting(test.db, projectId, "k")).toEqual(value);
  }
});

it("accepts an API key until it expires or is revoked, and notes its use", async () => {
  await using test = await openTestDatabase();
  const key = { projectId, name: "ci", prefix: "sl_1", role: "admin", createdBy: "test", expiresAtMs: null };
  const created = await test.db.transaction((tx) => createApiKey(tx, { ...key, keyHash: "h1" }));
  await test.db.transaction((tx) => createApiKey(tx, { ...key, keyHash: "h2", expiresAtMs: Date.now() - 1 }));
  expect(created.lastUsedAtMs).toBeNull();
  expect((await useApiKey(test.db, "h1"))?.lastUsedAtMs).toBeGreaterThan(0);
  expect(await useApiKey(test.db, "h2")).toBeNull();
  expect(await test.db.transaction((tx) => revokeApiKey(tx, created.id))).toBe(true);
  expect(await useApiKey(test.db, "h1")).toBeNull();
});

it("lets one of several calls with an idempotency key run, and gives the others its answer", async () => {
  await using test = await openTestDatabase();
  const request = { projectId, principal: "p", key: "k", fingerprint: "f" };
  const claims = await Promise.all([1, 2, 3, 4].map(() => claimIdempotencyKey(test.db, request)));
  expect(claims.map((claim) => claim.kind).sort()).toEqual(["fresh", "running", "running", "running"]);
  await releaseIdempotencyKey(test.db, request);
  expect(await claimIdempotencyKey(test.db, request)).toEqual({ kind: "fresh" });
  await saveIdempotentAnswer(test.db, request, 200, { name: "digits" });
  await releaseIdempotencyKey(test.db, request);
  expect(await claimIdempotencyKey(test.db, request)).toEqual({
    kind: "done",
    status: 200,
    response: { name: "digits" },
  });
  await expect(claimIdempotencyKey(test.db, { ...request, fingerprint: "other" })).rejects.toMatchObject({
    code: "idempotency/mismatch",
  });
});

it("forgets an idempotency key that expired", async () => {
  await using test = await openTestDatabase();
  const request = { projectId, principal: "p", key: "k", fingerprint: "f" };
  await claimIdempotencyKey(test.db, request, -1);
  expect(await claimIdempotencyKey(test.db, { ...request, fingerprint: "other" }, -1)).toEqual({ kind: "fresh" });
  expect(await deleteExpiredIdempotencyKeys(test.db)).toBe(1);
});

it("keeps descriptions by key, the newest result, and no values of environment variables", async () => {
  await using test = await openTestDatabase();
  const request = {
    runtime: "node",
    bundle: "b",
    importPath: "app:app",
    args: {},
    envVars: { TOKEN: "s3cret" },
  } as const;
  expect(await getBundleDescription(test.db, "k")).toBeNull();
  await saveBundleDescription(test.db, { key: "k", projectId, request, result: { ok: false, message: "no node" } });
  const described: DescribeResult = { ok: true, description: { ingress: "a", deployments: [] } };
  await saveBundleDescription(test.db, { key: "k", projectId, request, result: described });
  expect(await getBundleDescription(test.db, "k")).toEqual(described);
  const stored = await query(test.db, (prisma) => prisma.bundleDescription.findMany());
  expect(JSON.stringify(stored)).toContain("TOKEN");
  expect(JSON.stringify(stored)).not.toContain("s3cret");
});

it("keeps one rollout status per application, the newest", async () => {
  await using test = await openTestDatabase();
  const { id: applicationId } = await makeApplication(test.db, "digits");
  const status = {
    applicationId,
    projectId,
    generation: 1,
    fromRevision: null,
    toRevision: 1,
    phase: "starting" as const,
    message: "",
    numbers: {},
    startedAtMs: 1,
    progressAtMs: 2,
    endedAtMs: null,
  };
  await saveRolloutStatus(test.db, status);
  const done = { ...status, phase: "completed" as const, numbers: { ready: 2 }, endedAtMs: 9 };
  await saveRolloutStatus(test.db, done);
  expect(await listRolloutStatuses(test.db, { applicationId })).toEqual([done]);
});

it("has no status of a pool that nobody looked at", async () => {
  await using test = await openTestDatabase();
  const pool = await makePool(test.db, await makeApplication(test.db, "digits"));
  expect(await listPoolStatuses(test.db, { applicationId: pool.applicationId })).toEqual([]);
});

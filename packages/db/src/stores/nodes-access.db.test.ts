import { expect, it } from "vitest";
import { openTestDatabase } from "../../test/fixtures.ts";
import {
  changeNodeIntent,
  createJoinToken,
  defaultProjectId,
  deleteJoinToken,
  deleteJoinTokensBefore,
  findNodeCredential,
  getNodeCredential,
  getNodeIntent,
  listJoinTokens,
  listNodeIntents,
  lockNodeIntent,
  revokeNodeCredential,
  saveNodeCredential,
  useJoinToken,
} from "../index.ts";
import type { Database, NodeIntentChange } from "../index.ts";

const projectId = defaultProjectId;

const change = (db: Database, nodeId: string, wanted: NodeIntentChange, updatedBy = "test") =>
  db.transaction(async (tx) => {
    await lockNodeIntent(tx, { nodeId, projectId });
    return await changeNodeIntent(tx, nodeId, { ...wanted, updatedBy });
  });

it("a node without an intent is open; a change touches only what it names", async () => {
  await using test = await openTestDatabase();
  expect(await getNodeIntent(test.db, "n1")).toBeNull();
  const fresh = await test.db.transaction((tx) => lockNodeIntent(tx, { nodeId: "n1", projectId }));
  expect(fresh).toMatchObject({ scheduling: "open", labels: {}, removedAtMs: null });
  await change(test.db, "n1", { labels: { zone: "b", disk: null } });
  await change(test.db, "n1", { scheduling: "draining" }, "ann");
  expect(await change(test.db, "n1", { removedAtMs: 5_000 })).toMatchObject({ scheduling: "draining" });
  expect(await listNodeIntents(test.db)).toMatchObject([
    { nodeId: "n1", scheduling: "draining", labels: { zone: "b", disk: null }, removedAtMs: 5_000, updatedBy: "test" },
  ]);
});

it("two changes at once both count: the second sees the first", async () => {
  await using test = await openTestDatabase();
  const addLabel = (label: string) =>
    test.db.transaction(async (tx) => {
      const before = await lockNodeIntent(tx, { nodeId: "n1", projectId });
      await changeNodeIntent(tx, "n1", { labels: { ...before.labels, [label]: "yes" }, updatedBy: label });
    });
  await Promise.all(["a", "b", "c", "d"].map(addLabel));
  expect(Object.keys((await getNodeIntent(test.db, "n1"))?.labels ?? {}).sort()).toEqual(["a", "b", "c", "d"]);
});

it("a join token is spent once, also when two machines come at the same moment", async () => {
  await using test = await openTestDatabase();
  const input = { projectId, name: "rack 2", tokenHash: "h1", createdBy: "ann", expiresAtMs: 60_000 };
  await test.db.transaction((tx) => createJoinToken(tx, input));
  const use = (nodeId: string) =>
    test.db.transaction((tx) => useJoinToken(tx, { tokenHash: "h1", nodeId, nowMs: 1_000 }));
  const kinds = (await Promise.all([use("n1"), use("n2")])).map(({ kind }) => kind).sort();
  expect(kinds).toEqual(["used_before", "used_now"]);
  expect(await listJoinTokens(test.db, projectId)).toMatchObject([{ name: "rack 2", usedAtMs: 1_000 }]);
});

it("tells a token that ran out from one that nobody made, and forgets old and deleted ones", async () => {
  await using test = await openTestDatabase();
  const input = { projectId, name: "", tokenHash: "h1", createdBy: "ann", expiresAtMs: 60_000 };
  const token = await test.db.transaction((tx) => createJoinToken(tx, input));
  const use = (tokenHash: string) =>
    test.db.transaction((tx) => useJoinToken(tx, { tokenHash, nodeId: "n1", nowMs: 60_000 }));
  expect((await use("h1")).kind).toBe("expired");
  expect((await use("h2")).kind).toBe("unknown");
  await test.db.transaction((tx) => createJoinToken(tx, { ...input, tokenHash: "h3", expiresAtMs: 90_000 }));
  expect(await test.db.transaction((tx) => deleteJoinTokensBefore(tx, 70_000))).toBe(1);
  const [kept] = await listJoinTokens(test.db, projectId);
  expect((await test.db.transaction((tx) => deleteJoinToken(tx, kept?.id ?? "")))?.expiresAtMs).toBe(90_000);
  expect(await test.db.transaction((tx) => deleteJoinToken(tx, token.id))).toBeNull();
});

it("a node has one credential: a new one replaces the old and ends a revocation", async () => {
  await using test = await openTestDatabase();
  const save = (keyHash: string) =>
    test.db.transaction((tx) => saveNodeCredential(tx, { nodeId: "n1", projectId, keyHash }));
  await save("k1");
  expect(await test.db.transaction((tx) => revokeNodeCredential(tx, "n1"))).toBe(true);
  expect(await test.db.transaction((tx) => revokeNodeCredential(tx, "n1"))).toBe(false);
  expect((await findNodeCredential(test.db, "k1"))?.revokedAtMs).not.toBeNull();
  await save("k2");
  expect(await findNodeCredential(test.db, "k1")).toBeNull();
  expect(await findNodeCredential(test.db, "k2")).toMatchObject({ nodeId: "n1", revokedAtMs: null });
  expect(await getNodeCredential(test.db, "n2")).toBeNull();
});

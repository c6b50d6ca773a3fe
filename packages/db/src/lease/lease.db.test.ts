import { expect, it } from "vitest";
import { makeApplication, openTestDatabase } from "../../test/fixtures.ts";
import {
  acquireLease,
  appendEvents,
  defaultProjectId,
  fenced,
  getLease,
  listControllerPlaces,
  listEvents,
  releaseLease,
  renewLease,
  saveApplicationStatus,
  saveControllerPlace,
} from "../index.ts";
import type { Database } from "../index.ts";
import { query } from "../connection/handle.ts";

const first = { holder: "c1", address: "http://127.0.0.1:1", ttlMs: 60_000 };
const second = { holder: "c2", address: "http://127.0.0.1:2", ttlMs: 60_000 };

it("gives the lease to exactly one of many candidates that race for it", async () => {
  await using test = await openTestDatabase();
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, index) => acquireLease(test.db, { ...first, holder: `c${index}` })),
  );
  expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
});

it("begins with an epoch beyond those of an older database, whose agents and gateways may come over", async () => {
  await using test = await openTestDatabase();
  const secondsOf2026On = (Date.now() - Date.UTC(2026, 0, 1)) / 1000;
  expect(Math.abs((await lead(test.db, first)) - secondsOf2026On)).toBeLessThan(120);
});

it("keeps a renewed lease from others and tells them who leads", async () => {
  await using test = await openTestDatabase();
  expect(await getLease(test.db)).toBeNull();
  const epoch = await lead(test.db, first);
  expect(await renewLease(test.db, { holder: "c1", epoch, ttlMs: 60_000 })).toBe(true);
  expect(await acquireLease(test.db, second)).toBeNull();
  const before = await getLease(test.db);
  expect(before).toMatchObject({ epoch, holder: "c1", address: "http://127.0.0.1:1", isHeld: true });
  await renewLease(test.db, { holder: "c1", epoch, ttlMs: 120_000 });
  expect((await getLease(test.db))?.expiresAtMs).toBeGreaterThan(before?.expiresAtMs ?? Infinity);
});

it("passes a lease that ran out on with a higher epoch, and the former holder cannot renew it", async () => {
  await using test = await openTestDatabase();
  const epoch = await lead(test.db, { ...first, ttlMs: 0 });
  expect(await getLease(test.db)).toMatchObject({ isHeld: false });
  expect(await lead(test.db, second)).toBeGreaterThan(epoch);
  expect(await renewLease(test.db, { holder: "c1", epoch, ttlMs: 60_000 })).toBe(false);
});

it("frees a released lease at once, and a late release of a former holder does nothing", async () => {
  await using test = await openTestDatabase();
  const epoch = await lead(test.db, first);
  await releaseLease(test.db, { holder: "c1", epoch });
  expect(await lead(test.db, second)).toBeGreaterThan(epoch);
  await releaseLease(test.db, { holder: "c1", epoch });
  expect(await getLease(test.db)).toMatchObject({ holder: "c2", isHeld: true });
});

it("refuses writes of a former epoch and writes nothing of them", async () => {
  await using test = await openTestDatabase();
  const former = await lead(test.db, first);
  await releaseLease(test.db, { holder: "c1", epoch: former });
  const present = await lead(test.db, second);
  const late = fenced(test.db, former, (tx) => appendEvents(tx, [event("late")]));
  await expect(late).rejects.toMatchObject({ code: "controller/stale_epoch" });
  await fenced(test.db, present, (tx) => appendEvents(tx, [event("current")]));
  expect(await reasons(test.db)).toEqual(["current"]);
});

it("lets a fenced transaction that has begun finish before the epoch can move on", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const epoch = await lead(test.db, first);
  const order: string[] = [];
  let takeover: Promise<unknown> = Promise.resolve();
  await fenced(test.db, epoch, async (tx) => {
    await releaseLease(test.db, { holder: "c1", epoch });
    takeover = lead(test.db, second).then((next) => order.push(next > epoch ? "higher epoch" : "same epoch"));
    await waitUntilBlocked(test.db);
    await saveApplicationStatus(tx, {
      applicationId: application.id,
      projectId: application.projectId,
      state: "RUNNING",
      message: "",
      observedGeneration: 0,
      failedGeneration: null,
      failedReason: null,
      servingRevisions: [1],
    });
    order.push("written");
  });
  await takeover;
  expect(order).toEqual(["written", "higher epoch"]);
});

it("lets the leader renew while its fenced transactions run", async () => {
  await using test = await openTestDatabase();
  const epoch = await lead(test.db, first);
  const renewed = await fenced(test.db, epoch, () => renewLease(test.db, { holder: "c1", epoch, ttlMs: 60_000 }));
  expect(renewed).toBe(true);
});

it("knows where controllers are, those that stand by too, and forgets who was not seen for a day", async () => {
  await using test = await openTestDatabase();
  const leader = { holder: "c1", address: "http://127.0.0.1:1", nodeUrl: "https://a:1" };
  const standby = { holder: "c2", address: "http://127.0.0.1:2", nodeUrl: null };
  await saveControllerPlace(test.db, leader);
  await saveControllerPlace(test.db, { ...standby, nodeUrl: "https://old:1" });
  await saveControllerPlace(test.db, standby);
  expect(await listControllerPlaces(test.db)).toEqual([standby, leader]);
  await query(
    test.db,
    (prisma) => prisma.$executeRaw`UPDATE controller SET seen_at = seen_at - interval '25 hours' WHERE holder = 'c1'`,
  );
  await saveControllerPlace(test.db, standby);
  expect(await listControllerPlaces(test.db)).toEqual([standby]);
});

async function lead(db: Database, claim: typeof first): Promise<number> {
  const lease = await acquireLease(db, claim);
  if (lease === null) throw new Error("the lease is held");
  return lease.epoch;
}

function event(reason: string) {
  return { projectId: defaultProjectId, reason, severity: "info", message: reason } as const;
}

async function reasons(db: Database): Promise<string[]> {
  const { items } = await listEvents(db, { projectId: defaultProjectId });
  return items.map((item) => item.reason);
}

/** Until some transaction waits for a lock. */
async function waitUntilBlocked(db: Database): Promise<void> {
  const countBlocked = () =>
    query(db, async (prisma) => {
      const rows = await prisma.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return rows.length;
    });
  await expect.poll(countBlocked, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
}

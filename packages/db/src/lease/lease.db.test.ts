import { expect, it } from "vitest";
import { makeApplication, openTestDatabase } from "../../test/fixtures.ts";
import {
  acquireLease,
  appendEvents,
  defaultProjectId,
  fenced,
  getLease,
  listEvents,
  releaseLease,
  renewLease,
  saveApplicationStatus,
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
  expect(claims.filter((claim) => claim !== null)).toEqual([{ epoch: 1 }]);
});

it("keeps a renewed lease from others and tells them who leads", async () => {
  await using test = await openTestDatabase();
  expect(await getLease(test.db)).toBeNull();
  await acquireLease(test.db, first);
  expect(await renewLease(test.db, { holder: "c1", epoch: 1, ttlMs: 60_000 })).toBe(true);
  expect(await acquireLease(test.db, second)).toBeNull();
  expect(await getLease(test.db)).toMatchObject({
    epoch: 1,
    holder: "c1",
    address: "http://127.0.0.1:1",
    isHeld: true,
  });
});

it("passes a lease that ran out on with a higher epoch, and the former holder cannot renew it", async () => {
  await using test = await openTestDatabase();
  await acquireLease(test.db, { ...first, ttlMs: 0 });
  expect(await getLease(test.db)).toMatchObject({ isHeld: false });
  expect(await acquireLease(test.db, second)).toEqual({ epoch: 2 });
  expect(await renewLease(test.db, { holder: "c1", epoch: 1, ttlMs: 60_000 })).toBe(false);
});

it("frees a released lease at once, and a late release of a former holder does nothing", async () => {
  await using test = await openTestDatabase();
  await acquireLease(test.db, first);
  await releaseLease(test.db, { holder: "c1", epoch: 1 });
  expect(await acquireLease(test.db, second)).toEqual({ epoch: 2 });
  await releaseLease(test.db, { holder: "c1", epoch: 1 });
  expect(await getLease(test.db)).toMatchObject({ holder: "c2", isHeld: true });
});

it("refuses writes of a former epoch and writes nothing of them", async () => {
  await using test = await openTestDatabase();
  await acquireLease(test.db, first);
  await releaseLease(test.db, { holder: "c1", epoch: 1 });
  await acquireLease(test.db, second);
  const late = fenced(test.db, 1, (tx) => appendEvents(tx, [event("late")]));
  await expect(late).rejects.toMatchObject({ code: "controller/stale_epoch" });
  await fenced(test.db, 2, (tx) => appendEvents(tx, [event("current")]));
  expect(await reasons(test.db)).toEqual(["current"]);
});

it("lets a fenced transaction that has begun finish before the epoch can move on", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  await acquireLease(test.db, first);
  const order: string[] = [];
  let takeover: Promise<unknown> = Promise.resolve();
  await fenced(test.db, 1, async (tx) => {
    await releaseLease(test.db, { holder: "c1", epoch: 1 });
    takeover = acquireLease(test.db, second).then((lease) => order.push(`epoch ${lease?.epoch}`));
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
  expect(order).toEqual(["written", "epoch 2"]);
});

it("lets the leader renew while its fenced transactions run", async () => {
  await using test = await openTestDatabase();
  await acquireLease(test.db, first);
  const renewed = await fenced(test.db, 1, () => renewLease(test.db, { holder: "c1", epoch: 1, ttlMs: 60_000 }));
  expect(renewed).toBe(true);
});

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

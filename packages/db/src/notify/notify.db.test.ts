import { expect, it } from "vitest";
import pg from "pg";
import { openTestDatabase } from "../../test/fixtures.ts";
import { listen, notify } from "../index.ts";
import type { NotifyChannel, NotifyPayload } from "../index.ts";

class Inbox {
  readonly messages: [NotifyChannel, NotifyPayload][] = [];
  resyncs = 0;
  losses = 0;
  readonly handlers = {
    onMessage: (channel: NotifyChannel, payload: NotifyPayload) => void this.messages.push([channel, payload]),
    onResync: () => void (this.resyncs += 1),
    onLost: () => void (this.losses += 1),
  };
}

it("delivers what was notified when the transaction commits, and nothing of one that rolls back", async () => {
  await using test = await openTestDatabase();
  const inbox = new Inbox();
  const listener = listen({ url: test.url, channels: ["sluice_intent"], ...inbox.handlers });
  try {
    await expect.poll(() => inbox.resyncs, { timeout: 10_000 }).toBe(1);
    const failed = test.db.transaction(async (tx) => {
      await notify(tx, "sluice_intent", { applicationId: "never" });
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    await notify(test.db, "sluice_status", { applicationId: "other channel" });
    await test.db.transaction((tx) => notify(tx, "sluice_intent", { applicationId: "a1" }));
    await expect.poll(() => inbox.messages, { timeout: 10_000 }).toEqual([["sluice_intent", { applicationId: "a1" }]]);
  } finally {
    await listener.close();
  }
});

it("reconnects after its connection was terminated, asks for a resync and hears again", async () => {
  await using test = await openTestDatabase();
  const inbox = new Inbox();
  const listener = listen({ url: test.url, channels: ["sluice_intent", "sluice_status"], ...inbox.handlers });
  try {
    for (let round = 1; round <= 2; round++) {
      await expect.poll(() => inbox.resyncs, { timeout: 10_000 }).toBe(round);
      await terminateListeners(test.url);
      await expect.poll(() => inbox.losses, { timeout: 10_000 }).toBe(round);
    }
    await expect.poll(() => inbox.resyncs, { timeout: 10_000 }).toBe(3);
    await notify(test.db, "sluice_status", {});
    await expect.poll(() => inbox.messages, { timeout: 10_000 }).toEqual([["sluice_status", {}]]);
  } finally {
    await listener.close();
  }
});

it("keeps trying while the database cannot be reached and stops when closed", async () => {
  const inbox = new Inbox();
  const listener = listen({
    url: "postgresql://nobody@127.0.0.1:1/none",
    channels: ["sluice_intent"],
    ...inbox.handlers,
  });
  await expect.poll(() => inbox.losses, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
  await listener.close();
  expect(inbox.resyncs).toBe(0);
});

async function terminateListeners(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN %'`,
    );
    expect(rowCount).toBe(1);
  } finally {
    await client.end();
  }
}

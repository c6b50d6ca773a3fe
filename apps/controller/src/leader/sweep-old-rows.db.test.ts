import { acquireLease, createJoinToken, defaultProjectId, listJoinTokens, openDatabase } from "@sluice/db";
import { testDatabase } from "@sluice/testkit";
import { expect, it } from "vitest";
import { sweepOldRows } from "./sweep-old-rows.ts";

const dayMs = 24 * 3_600_000;

it("forgets join tokens a week after they ran out, and keeps those that can still be looked up", async () => {
  await using test = await testDatabase();
  const database = openDatabase({ url: test.url, maxConnections: 2 });
  try {
    const lease = await acquireLease(database, { holder: "test", address: "http://127.0.0.1:1", ttlMs: 600_000 });
    const nowMs = Date.now();
    for (const days of [-8, -6, 1]) {
      const input = {
        projectId: defaultProjectId,
        name: String(days),
        tokenHash: `h${String(days)}`,
        createdBy: "ann",
      };
      await database.transaction((tx) => createJoinToken(tx, { ...input, expiresAtMs: nowMs + days * dayMs }));
    }
    await sweepOldRows({ database, epoch: lease?.epoch ?? 0, now: () => nowMs });
    const left = await listJoinTokens(database, defaultProjectId);
    expect(left.map(({ name }) => name).sort()).toEqual(["-6", "1"]);
  } finally {
    await database.close();
  }
});

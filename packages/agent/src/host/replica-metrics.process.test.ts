import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readReplicaMetrics } from "./replica-metrics.ts";

test("reads the replicas that count something, and leaves out those that have nothing or hang", async () => {
  const runDir = await mkdtemp(join(tmpdir(), "sluice-run-"));
  const answering = createServer((_, response) => response.end("sluice_things 1\n"));
  const failing = createServer((_, response) => response.writeHead(500).end("no"));
  const hanging = createServer(() => undefined);
  const servers = { one: answering, broken: failing, stuck: hanging };
  for (const [id, server] of Object.entries(servers)) {
    await new Promise<void>((resolve) => server.listen(join(runDir, `${id}.prom`), resolve));
  }
  expect(await readReplicaMetrics(runDir, ["none", "one", "broken", "stuck"])).toEqual(["sluice_things 1\n"]);
  for (const server of Object.values(servers)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await rm(runDir, { recursive: true });
});

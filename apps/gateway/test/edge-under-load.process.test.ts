/**
 * The gateway in a process of its own: its memory, and what load sees of changes and deaths behind it. In short; `npm run prove --
 * serving.edge` has the long ones.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { growthWhile, load, measureIdle, measureKills, measureSwaps, readSlowly, upload } from "./measure-edge.ts";
import { startGatewayProcess, type GatewayProcess, type ReplicaProcess } from "./processes.ts";

const mib = 1_048_576;
let gateway: GatewayProcess;
let one: ReplicaProcess;
let two: ReplicaProcess;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  gateway = await startGatewayProcess({ SLUICE_MAX_BODY_BYTES: String(200 * mib) });
  [one, two] = await Promise.all([gateway.addReplica("one"), gateway.addReplica("two")]);
  await gateway.fixture.route(gateway.fixture.slice([one]));
  // What the process takes for its first requests is not growth.
  await upload(gateway.port, 20 * mib);
  await readSlowly(gateway.port, 20 * mib, Infinity, 0);
});
afterAll(() => gateway[Symbol.asyncDispose]());

it("grows by less than 32 MiB for 100 MB up", async () => {
  const growth = await growthWhile(gateway.pid, async () => {
    expect(await upload(gateway.port, 100_000_000)).toBe(100_000_000);
  });
  expect(growth / mib).toBeLessThan(32);
});

it("grows by less than 32 MiB for a reader of 100 MB who takes 1 MB/s for a while", async () => {
  const growth = await growthWhile(gateway.pid, async () => {
    expect(await readSlowly(gateway.port, 100_000_000, 1_000_000, 2)).toBe(100_000_000);
  });
  expect(growth / mib).toBeLessThan(32);
});

it("takes less than 20 KiB for each of 1,000 idle connections, and answers others meanwhile", async () => {
  const figures = await measureIdle(gateway, 1_000, 200);
  expect(figures.connections).toBe(1_000);
  expect(figures.bytesPerConnection / 1_024).toBeLessThan(20);
  expect(figures.p99Ms).toBeLessThan(2_000);
});

it("fails no request while slices are swapped every 20 ms for 3 s under 32 clients, each answer of a revision in force", async () => {
  const figures = await measureSwaps(gateway, [one, two], 3);
  expect(figures.failures).toEqual([]);
  expect(figures.answered).toBeGreaterThan(100);
  expect(figures.seen.size).toBeGreaterThan(5);
});

it("loses no safe request of 32 clients while replicas are killed with -9, one after the other", async () => {
  const figures = await measureKills(gateway, 3, 300);
  expect(figures.failures).toEqual([]);
  expect(figures.answered).toBeGreaterThan(100);
  expect(figures.seen.size).toBeGreaterThan(2);
});

it("answers 504 at the deadline for what a replica stopped with SIGSTOP has, and the rest by the other one", async () => {
  const { fixture, port } = gateway;
  await fixture.route(fixture.slice([one, two], { maxOngoingRequests: 100 }));
  const warm = await load(port, 8, "GET /app/x HTTP/1.1", pause(300), (_, body) => body);
  expect(warm.failures).toEqual([]);
  two.child.kill("SIGSTOP");
  const figures = await load(
    port,
    32,
    "GET /app/x HTTP/1.1\r\nX-Request-Timeout-Seconds: 0.5",
    pause(2_500),
    (_, body) => (body.includes("gateway/deadline") ? "504" : body),
  );
  two.child.kill("SIGCONT");
  // Whatever failed, failed by its deadline, and the replica that is well went on.
  expect(figures.failures.filter((failure) => !failure.startsWith("504 "))).toEqual([]);
  expect(figures.seen.get("504") ?? 0).toBeGreaterThan(0);
  expect(figures.seen.get("one")).toBeGreaterThan(figures.failures.length);
});

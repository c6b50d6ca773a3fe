import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { MemoryReport, TransferOrder } from "../test/memory.fixture.ts";
import { call, connect, newSocketPath, send } from "../test/test-peers.ts";
import { requestAnswer } from "./index.ts";

const TRANSFER_BYTES = 100_000_000;
/** Windows and what V8 lets lie of read buffers until it collects, which it does at some 32 MB of them. */
const LIMIT_BYTES = 48_000_000;

async function startPeer(role: "serve" | "call", path: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL("../test/memory.fixture.ts", import.meta.url));
  const child = fork(file, [role, path], { execArgv: ["--import", "tsx", "--expose-gc"] });
  onTestFinished(() => void child.kill());
  await new Promise((resolve) => child.once("message", resolve));
  return child;
}

async function startBoth(): Promise<{
  path: string;
  transfer: (order: TransferOrder) => Promise<MemoryReport>;
}> {
  const path = newSocketPath();
  await startPeer("serve", path);
  const caller = await startPeer("call", path);
  const transfer = async (order: TransferOrder): Promise<MemoryReport> =>
    new Promise((resolve) => {
      caller.once("message", resolve);
      caller.send(order);
    });
  return { path, transfer };
}

/** What the replica's memory did since `restart`. */
async function askReplica(path: string, what: "restart" | "report"): Promise<MemoryReport | undefined> {
  const connection = await connect(path);
  const answer = await requestAnswer(connection, call(what));
  const body = await answer.body.collect(1_000);
  connection.destroy();
  return what === "report" ? (JSON.parse(body.toString()) as MemoryReport) : undefined;
}

describe("100 MB through one connection", () => {
  test.each<[string, "up" | "down", number]>([
    ["up", "up", 0],
    ["down", "down", 0],
    ["down to a slow reader", "down", 1],
  ])("%s: neither side's memory grows by half of it", async (_, what, readDelayMs) => {
    const { path, transfer } = await startBoth();
    // Code is compiled before anything is measured.
    await transfer({ what, bytes: 2_000_000, readDelayMs: 0 });
    await askReplica(path, "restart");
    const caller = await transfer({ what, bytes: TRANSFER_BYTES, readDelayMs });
    const replica = await askReplica(path, "report");
    expect(caller.bytes).toBe(TRANSFER_BYTES);
    for (const side of [caller, replica]) {
      expect(side?.rssGrowthBytes).toBeLessThan(LIMIT_BYTES);
      expect(side?.externalGrowthBytes).toBeLessThan(LIMIT_BYTES);
    }
    console.log(
      `${what}, ${String(readDelayMs)} ms per piece: caller +${mega(caller.rssGrowthBytes)}, replica +${mega(replica?.rssGrowthBytes ?? 0)} MB of memory`,
    );
  });

  test("a body that nobody reads stops at its window and delays nobody else", async () => {
    const { path } = await startBoth();
    const connection = await connect(path);
    await askReplica(path, "restart");
    const stuck = connection.openRequest(call("stuck"), {
      onHead: () => undefined,
      onData: () => true,
      onEnd: () => undefined,
      onReject: () => undefined,
      onError: () => undefined,
    });
    let taken = 0;
    while (stuck.write(Buffer.alloc(50_000)) && taken < TRANSFER_BYTES) taken += 50_000;
    expect(taken).toBeLessThan(1_000_000);
    expect((await send(connection, call("restart")).finished).kind).toBe("end");
    expect((await askReplica(path, "report"))?.externalGrowthBytes).toBeLessThan(LIMIT_BYTES);
  });
});

const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);

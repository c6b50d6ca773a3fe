import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { Keepalive } from "./keepalive.ts";
import { until } from "../test/test-peers.ts";

test("a peer is not taken for dead because this side was blocked when the answer came", async () => {
  const peer = spawn("cat");
  let pings = 0;
  let isDead = false;
  const keepalive = new Keepalive({
    intervalMs: 20,
    timeoutMs: 40,
    sendPing: () => {
      pings += 1;
      peer.stdin.write("ping");
      // The answer arrives while this loop is blocked for longer than the timeout.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120);
    },
    onDead: () => {
      isDead = true;
    },
  });
  onTestFinished(() => {
    keepalive.stop();
    peer.kill();
  });
  peer.stdout.on("data", () => {
    keepalive.received();
  });
  await until("three pings were answered", () => pings > 3 || isDead);
  expect(isDead).toBe(false);
});

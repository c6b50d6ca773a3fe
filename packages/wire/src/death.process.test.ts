import { fork, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { connectWire, serveWire } from "./index.ts";
import { call, connect, newSocketPath, send, until } from "../test/test-peers.ts";

async function startPeer(path: string): Promise<ChildProcess> {
  const peer = fork(fileURLToPath(new URL("../test/peer.fixture.ts", import.meta.url)), [path], {
    execArgv: ["--import", "tsx"],
  });
  onTestFinished(() => {
    peer.kill("SIGKILL");
  });
  await new Promise((resolve) => peer.once("message", resolve));
  return peer;
}

test("a peer killed in the middle of an answer: what it had is taken, what comes after is safe", async () => {
  const path = newSocketPath();
  const peer = await startPeer(path);
  const connection = await connect(path);
  const half = send(connection, call("half"));
  const silent = send(connection, call("never answers"));
  await send(connection, call("echo")).finished;
  peer.kill("SIGKILL");
  expect(await half.finished).toMatchObject({
    kind: "error",
    bodyBefore: "half",
    error: { code: "connection_lost", outcome: "taken" },
  });
  expect(await silent.finished).toMatchObject({ kind: "error", error: { outcome: "taken" } });
  expect(() => send(connection)).toThrow(expect.objectContaining({ outcome: "safe" }));
});

test("a request written after the death but before it is noticed was never taken, and says so", async () => {
  const path = newSocketPath();
  const peer = await startPeer(path);
  const connection = await connect(path);
  const exited = new Promise((resolve) => peer.once("exit", resolve));
  peer.kill("SIGKILL");
  // Block this loop until the peer's sockets are closed, so that their end cannot be noticed before the request.
  while (isListening(path));
  const { finished } = send(connection);
  expect(await finished).toMatchObject({ kind: "error", error: { code: "connection_lost", outcome: "safe" } });
  await exited;
});

test("a stopped peer is noticed by keepalive", async () => {
  const path = newSocketPath();
  const peer = await startPeer(path);
  const connection = await connect(path, { pingIntervalMs: 50, pingTimeoutMs: 150 });
  expect((await send(connection).finished).kind).toBe("end");
  peer.kill("SIGSTOP");
  expect(await connection.closed).toMatchObject({ code: "keepalive_timeout" });
});

test("a quiet peer that answers pings is kept", async () => {
  const path = newSocketPath();
  await startPeer(path);
  const connection = await connect(path, { pingIntervalMs: 20, pingTimeoutMs: 300 });
  const quietUntilMs = performance.now() + 600;
  await until("some pings have passed", () => performance.now() > quietUntilMs);
  expect((await send(connection).finished).kind).toBe("end");
});

test("requests that waited here for a peer that does not read are safe when it dies", async () => {
  const path = newSocketPath();
  const peer = await startPeer(path);
  const connection = await connect(path);
  peer.kill("SIGSTOP");
  const sendMany = () =>
    Array.from({ length: 1_000 }, async () => send(connection, call("echo"), Buffer.alloc(1_000)).finished);
  // The first megabyte is more than the kernel takes: its write stays in flight, and the rest waits in this process.
  const first = sendMany();
  await new Promise((resolve) => setTimeout(resolve));
  const second = sendMany();
  await new Promise((resolve) => setTimeout(resolve));
  expect(connection.unsentBytes).toBeGreaterThan(1_000_000);
  peer.kill("SIGKILL");
  const outcomes = (await Promise.all([...first, ...second])).map((result) =>
    result.kind === "error" ? result.error.outcome : result.kind,
  );
  expect(outcomes[0]).toBe("taken");
  expect(outcomes.slice(1_000).every((outcome) => outcome === "safe")).toBe(true);
});

test("the socket file of a killed listener is replaced by the next one", async () => {
  const path = newSocketPath();
  const peer = await startPeer(path);
  const exited = new Promise((resolve) => peer.once("exit", resolve));
  peer.kill("SIGKILL");
  await exited;
  const server = await serveWire({ kind: "unix", path }, () => undefined);
  const connection = await connectWire({ kind: "unix", path });
  connection.destroy();
  await server.close();
});

function isListening(path: string): boolean {
  const script =
    "require('net').connect(process.argv[1]).on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))";
  return spawnSync(process.execPath, ["-e", script, path]).status === 0;
}

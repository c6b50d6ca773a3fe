import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import type { PostgresServer } from "../src/postgres/start-postgres.ts";
import { RunningSystem } from "../src/system.ts";

it("leaves no Postgres behind when it is stopped while a crashed one is being started again", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), "sluice-system-"));
  const system = new RunningSystem({ dataDir, stopOrder: [], print: () => undefined });
  const crash = deferred<string>();
  const again = deferred<PostgresServer>();
  const secondStart = deferred<void>();
  const running = new Set<string>();
  const server = (name: string, exited: Promise<string>): PostgresServer => {
    running.add(name);
    return {
      pid: process.pid,
      port: 1,
      url: () => "",
      exited,
      stop: async () => {
        running.delete(name);
        return Promise.resolve();
      },
    };
  };
  await system.startPostgres(async (port) => {
    if (port === undefined) return server("first", crash.promise);
    secondStart.resolve();
    return again.promise;
  });
  crash.resolve("killed");
  await secondStart.promise;
  const stopped = system.stop();
  again.resolve(server("second", new Promise(() => undefined)));
  await stopped;
  expect([...running]).not.toContain("second");
  await rm(dataDir, { recursive: true });
});

it("stops Postgres also when leftover replicas cannot be looked for", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), "sluice-system-"));
  const sweep = (): never => {
    throw new SyntaxError("host.json is no JSON");
  };
  const system = new RunningSystem({ dataDir, stopOrder: [], print: () => undefined, sweep });
  let isRunning = true;
  await system.startPostgres(() =>
    Promise.resolve({
      pid: process.pid,
      port: 1,
      url: () => "",
      exited: new Promise(() => undefined),
      stop: () => {
        isRunning = false;
        return Promise.resolve();
      },
    }),
  );
  await system.stop();
  expect(isRunning).toBe(false);
  await rm(dataDir, { recursive: true });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

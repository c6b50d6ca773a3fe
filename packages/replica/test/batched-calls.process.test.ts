/** Calls that a batch makes through handles: they belong to all requests of the batch. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { RunningHost, sliceOf } from "./running-host.ts";

let build: HostBuild;
let bundleDir: string;
let back: RunningHost;
let front: RunningHost;

beforeAll(async () => {
  build = await buildHost();
  bundleDir = await prepareApp("batched-calls");
  const hostFile = path.join(build.dir, "host.mjs");
  back = await RunningHost.start({ hostFile, launch: { bundleDir, deployment: "Back" } });
  front = await RunningHost.start({ hostFile, launch: { bundleDir, deployment: "Front" } });
  await Promise.all([back.ready(), front.ready()]);
  front.agent.send({ type: "slices", slices: [sliceOf([front, back], "Front", 7)] });
}, 60_000);
afterAll(async () => {
  for (const one of [front, back]) await one?.stop();
  await build[Symbol.asyncDispose]();
  await rm(bundleDir, { recursive: true, force: true });
});

it("stays in the revision of its requests, and shows in the Server-Timing of each", async () => {
  const asked = [1, 2].map((item) => front.request("GET", `/app/${item}`, undefined, { revision: 7 }));
  await eventually("the batch has called", () => back.stdout.includes("asked for 1,2"));
  await back.call("open", []);
  const answers = await Promise.all(asked);
  expect(answers.map(({ text }) => JSON.parse(text))).toEqual([
    { value: 2, revision: 7, batch: 2 },
    { value: 4, revision: 7, batch: 2 },
  ]);
  for (const { headers } of answers) expect(headers["server-timing"]).toContain('desc="Back.double"');
});

it("goes on while one request of the batch is left, and is cancelled when all are gone", async () => {
  const [leaves, stays] = [await front.connect(), await front.connect()];
  const gone = front.request("GET", "/app/3", undefined, { revision: 7, connection: leaves });
  await front.untilOngoing(1);
  const kept = front.request("GET", "/app/4", undefined, { revision: 7, connection: stays });
  await eventually("the batch has called", () => back.stdout.includes("asked for 3,4"));
  leaves.destroy("the caller goes away");
  await expect(gone).rejects.toBeDefined();
  await front.untilOngoing(1);
  expect(back.stdout).not.toContain("aborted 3,4");
  await back.call("open", []);
  expect(JSON.parse((await kept).text)).toMatchObject({ value: 8 });

  const last = await front.connect();
  const both = [5, 6].map((item) => front.request("GET", `/app/${item}`, undefined, { revision: 7, connection: last }));
  await eventually("the batch has called", () => /asked for (5,6|6,5)/.test(back.stdout));
  last.destroy("the callers go away");
  await Promise.allSettled(both);
  await eventually("the call was cancelled", () => /aborted (5,6|6,5)/.test(back.stdout));
});

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@sluice/observability";
import type { AgentToHost } from "@sluice/contracts";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { buildAssignment } from "../../test/assignment.ts";
import { readStartTicks } from "../host/process-facts.ts";
import { ReplicaFiles } from "../host/replica-files.ts";
import { MemoryCages } from "../memory/memory-cages.ts";
import { blankObservation } from "./replica-record.ts";
import { Supervisor } from "./supervisor.ts";

let dir: string;
let files: ReplicaFiles;
const assignment = buildAssignment();
const logger = createLogger({ name: "test", level: "silent", format: "json" });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "recover-"));
  files = new ReplicaFiles(dir);
  await files.create(assignment.replicaId);
});
afterEach(() => rm(dir, { recursive: true }));

const buildSupervisor = (): Supervisor =>
  new Supervisor({
    certify: () => Promise.reject(new Error("no certificates here")),
    files,
    logs: { tend: () => Promise.resolve(), close: () => undefined },
    cages: new MemoryCages({ reason: "a test" }, logger),
    bundles: { prepare: () => Promise.reject(new Error("nothing should be prepared")) },
    launch: () => Promise.reject(new Error("nothing should be started")),
    logger,
    onObserved: () => undefined,
    onWindows: () => undefined,
    onLoad: () => undefined,
  });

const saveLaunch = (): Promise<void> =>
  files.saveLaunch({ ...assignment, bundleDir: dir, runDir: dir, nodeName: "here", nodeId: "" });

test("a host that redials before the assignments are in force is adopted, not drained", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const host = { pid: child.pid!, startTicks: readStartTicks(child.pid!) };
  await saveLaunch();
  files.saveHost(assignment.replicaId, host);
  files.saveObservation({ ...blankObservation(assignment, 1), stage: "ready", pid: host.pid });
  const supervisor = buildSupervisor();
  await supervisor.recover();
  const sent: AgentToHost[] = [];
  const connection = {
    send: (message: AgentToHost) => void sent.push(message),
    close: () => undefined,
    hearOut: () => Promise.resolve(),
  };
  supervisor.acceptHost(
    {
      type: "hello",
      replicaId: assignment.replicaId,
      rank: 0,
      configVersion: "",
      ...host,
      stage: "ready",
      address: null,
    },
    connection,
  );
  supervisor.start([assignment]);
  expect(sent.map(({ type }) => type)).toEqual(["probe"]);
  expect(supervisor.counters.adopted).toBe(1);
  supervisor.close();
});

test("a pid that another process got meanwhile is not taken for the replica", async () => {
  await saveLaunch();
  files.saveHost(assignment.replicaId, { pid: process.pid, startTicks: readStartTicks(process.pid) + 1 });
  const supervisor = buildSupervisor();
  await supervisor.recover();
  expect(supervisor.observations()).toMatchObject([{ stage: "failed", pid: null }]);
});

test("a replica that had ended, or was cut off while it was started, is not started again", async () => {
  await saveLaunch();
  const supervisor = buildSupervisor();
  await supervisor.recover();
  supervisor.start([assignment]);
  supervisor.close();
  const [observation] = supervisor.observations();
  expect(observation).toMatchObject({
    stage: "failed",
    message: "The agent was restarted in the moment it started this replica.",
  });
  const next = buildSupervisor();
  await next.recover();
  expect(next.observations()).toEqual([observation]);
});

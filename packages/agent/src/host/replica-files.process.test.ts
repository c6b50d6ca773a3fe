import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildAssignment } from "../../test/assignment.ts";
import { ReplicaFiles } from "./replica-files.ts";

let dir: string;
let files: ReplicaFiles;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "files-"));
  files = new ReplicaFiles(dir);
});

afterEach(() => rm(dir, { recursive: true }));

const nowMs = 1_800_000_000_000;
const dayMs = 86_400_000;
const mib = 1024 ** 2;
const limits = { maxAgeMs: 7 * dayMs, maxBytes: 3 * mib, minAgeMs: 0 };

async function saveRetired(replicaId: string, daysAgo: number, sizeMib: number): Promise<void> {
  await files.create(replicaId);
  await writeFile(files.stdoutPath(replicaId), Buffer.alloc(sizeMib * mib));
  const at = new Date(nowMs - daysAgo * dayMs);
  await utimes(join(dir, "replicas", replicaId), at, at);
}

test("logs of ended replicas go after a week, or the oldest first where there is no room; those of running ones stay", async () => {
  await saveRetired("old", 8, 0);
  await saveRetired("third", 3, 2);
  await saveRetired("second", 2, 1);
  await saveRetired("first", 1, 1);
  await saveRetired("running", 30, 5);
  await files.saveLaunch({
    ...buildAssignment({ replicaId: "running" }),
    bundleDir: dir,
    runDir: dir,
    nodeId: "",
    nodeName: "",
  });
  expect((await files.sweepLogs(limits, nowMs)).map(({ name }) => name)).toEqual(["old", "third"]);
  expect((await readdir(join(dir, "replicas"))).toSorted()).toEqual(["first", "running", "second"]);
  expect(await files.sweepLogs(limits, nowMs)).toEqual([]);
});

test("a replica that retires keeps its logs and nothing else", async () => {
  await files.create("r1.2");
  await files.saveLaunch({
    ...buildAssignment({ replicaId: "r1", rank: 2, worldSize: 3 }),
    bundleDir: dir,
    runDir: dir,
    nodeId: "",
    nodeName: "",
  });
  expect(existsSync(files.assignmentPath("r1.2"))).toBe(true);
  await files.retire("r1.2");
  expect(await readdir(join(dir, "replicas", "r1.2"))).toEqual(["logs"]);
});

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@sluice/observability";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryCages } from "./memory-cages.ts";
import { prepareCageRoot } from "./open-cage-root.ts";

/** Plain files where the kernel has its own: what is written where, not what the kernel makes of it. */
let dir: string;
const logger = createLogger({ name: "test", level: "silent", format: "json" });
const file = (name: string): Promise<string> => readFile(join(dir, name), "utf8");

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cgroup-"));
});

afterEach(() => rm(dir, { recursive: true }));

async function group(facts: {
  controllers?: string;
  subtree?: string;
  procs?: string;
  isRoot?: boolean;
}): Promise<void> {
  await writeFile(join(dir, "cgroup.controllers"), facts.controllers ?? "cpu memory pids\n");
  await writeFile(join(dir, "cgroup.subtree_control"), facts.subtree ?? "");
  await writeFile(join(dir, "cgroup.procs"), facts.procs ?? "");
  if (facts.isRoot !== true) await writeFile(join(dir, "cgroup.type"), "domain\n");
}

test("the agent makes room below its own group by moving down itself", async () => {
  await group({ procs: "17\n" });
  expect(prepareCageRoot(dir, 17)).toEqual({ dir });
  expect(await file("agent/cgroup.procs")).toBe("17");
  expect(await file("cgroup.subtree_control")).toBe("+memory");
});

test("an agent that was started below finds the room beside it", async () => {
  await group({ subtree: "memory\n" });
  await mkdir(join(dir, "agent"));
  expect(prepareCageRoot(join(dir, "agent"), 17)).toEqual({ dir });
});

test.each([
  ["without a memory controller", { controllers: "cpu hugetlb\n" }, /has no memory controller$/],
  ["with processes of others", { procs: "17\n18\n" }, /^other processes live in the agent's control group/],
])("a group %s is of no use, and the reason is told", async (_, facts, reason) => {
  await group(facts);
  expect(prepareCageRoot(dir, 17)).toEqual({ reason: expect.stringMatching(reason) as string });
  expect(existsSync(join(dir, "agent"))).toBe(false);
});

test("the root of a machine's hierarchy may hold both processes and groups", async () => {
  await group({ procs: "1\n17\n", isRoot: true });
  expect(prepareCageRoot(dir, 17)).toEqual({ dir });
  expect(existsSync(join(dir, "agent"))).toBe(false);
});

test("a replica gets its limit, no swap, one end for all, and its process; the kernel's verdict is read back", async () => {
  const cages = new MemoryCages({ dir }, logger);
  // As the kernel fills a new group.
  await mkdir(join(dir, "sluice-r1.1"));
  for (const name of ["memory.swap.max", "memory.oom.group"]) await writeFile(join(dir, "sluice-r1.1", name), "");
  expect(cages.hold("r1.1", 4_242, 512 * 1024 ** 2 + 0.5)).toBe(true);
  expect(await file("sluice-r1.1/memory.max")).toBe(String(512 * 1024 ** 2));
  expect(await file("sluice-r1.1/memory.swap.max")).toBe("0");
  expect(await file("sluice-r1.1/memory.oom.group")).toBe("1");
  expect(await file("sluice-r1.1/cgroup.procs")).toBe("4242");
  expect(cages.isHeld("r1.1")).toBe(true);
  await writeFile(join(dir, "sluice-r1.1", "memory.events"), "low 0\nmax 9\noom 1\noom_kill 0\n");
  expect(cages.wasEndedForMemory("r1.1")).toBe(false);
  await writeFile(join(dir, "sluice-r1.1", "memory.events"), "low 0\nmax 9\noom 1\noom_kill 2\n");
  expect(cages.wasEndedForMemory("r1.1")).toBe(true);
});

test("groups go once nothing is in them; those of members nobody knows go, too", async () => {
  const cages = new MemoryCages({ dir }, logger);
  for (const name of ["sluice-busy", "sluice-gone", "sluice-kept", "other"]) await mkdir(join(dir, name));
  await writeFile(join(dir, "sluice-busy", "process"), "");
  cages.release("busy");
  cages.sweep((member) => member === "kept");
  expect(["busy", "gone", "kept"].map((member) => cages.isHeld(member))).toEqual([true, false, true]);
  await rm(join(dir, "sluice-busy", "process"));
  cages.sweep();
  expect(cages.isHeld("busy")).toBe(false);
  expect(existsSync(join(dir, "other"))).toBe(true);
});

test("without a place, without a limit, or where no group can be made, nobody is held", async () => {
  await group({});
  expect(new MemoryCages({ reason: "none" }, logger).hold("r1", 1, 1_000)).toBe(false);
  expect(new MemoryCages({ dir }, logger).hold("r1", 1, 0)).toBe(false);
  expect(new MemoryCages({ dir: join(dir, "cgroup.procs") }, logger).hold("r1", 1, 1_000)).toBe(false);
});

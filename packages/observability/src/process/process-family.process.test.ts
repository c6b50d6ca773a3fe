import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { familyMarkName, findFamily, killFamily } from "./process-family.ts";
import { parseProcStat, readProcStat } from "./proc-stat.ts";
import { listTree, readTreeMemoryBytes } from "./process-tree.ts";

const isLinux = process.platform === "linux";

const path = { PATH: process.env["PATH"] ?? "" };
const child = "sleep 300 & wait";
/** And a grandchild in a session of its own, whose parent has ended. */
const childAndStray = "(setsid sleep 300 &) ; sleep 300 & wait";

async function startFamily(script: string, env: Record<string, string>) {
  const leader = spawn("sh", ["-c", script], { detached: true, env, stdio: "ignore" });
  const pid = leader.pid ?? 0;
  const ended = new Promise((resolve) => leader.once("exit", resolve));
  const startTicks = await vi.waitFor(() => {
    const stat = readProcStat(pid);
    if (stat === null) throw new Error("not started yet");
    return stat.startTicks;
  });
  return { leader: { pid, startTicks }, ended };
}

test.runIf(isLinux)(
  "a family is found by its mark, also what left its session and its parents, and ended whole",
  async () => {
    const mark = randomUUID();
    const { leader, ended } = await startFamily(childAndStray, { ...path, [familyMarkName]: mark });
    await vi.waitFor(() => expect(findFamily({ mark, leader: null })).toHaveLength(3));
    expect(killFamily({ mark, leader: null })).toBe(3);
    await ended;
    await vi.waitFor(() => expect(findFamily({ mark, leader })).toEqual([]));
  },
);

test.runIf(isLinux)("members that hide their environment are found by their session", async () => {
  const { leader, ended } = await startFamily(child, path);
  await vi.waitFor(() => expect(findFamily({ mark: randomUUID(), leader })).toHaveLength(2));
  killFamily({ mark: randomUUID(), leader });
  await ended;
});

test.runIf(isLinux)("an older process with the leader's number as its session is no member", async () => {
  const { leader, ended } = await startFamily(child, path);
  const later = { pid: leader.pid, startTicks: leader.startTicks + 1_000_000 };
  expect(findFamily({ mark: randomUUID(), leader: later })).toEqual([]);
  killFamily({ mark: randomUUID(), leader });
  await ended;
});

test.runIf(isLinux)("memory of a process counts all that it started", async () => {
  const hog = `const { spawn } = require("node:child_process");
    if (process.argv[1] !== "leaf") spawn(process.execPath, ["-e", process.env.CODE, "leaf"], { stdio: "inherit" });
    globalThis.ballast = Buffer.alloc(80 * 1024 * 1024, 1); setInterval(() => undefined, 1000);`;
  const root = spawn(process.execPath, ["-e", hog], { env: { ...path, CODE: hog }, detached: true, stdio: "ignore" });
  const pid = root.pid ?? 0;
  await vi.waitFor(() => expect(readTreeMemoryBytes(pid) ?? 0).toBeGreaterThan(200 * 1024 ** 2), { timeout: 10_000 });
  expect(listTree(pid)).toHaveLength(2);
  process.kill(-pid, "SIGKILL");
  await vi.waitFor(() => expect(readTreeMemoryBytes(pid)).toBeNull());
});

test("fields are found behind a command name with spaces and brackets", () => {
  const fields = ["S", "7", "8", "9", ...Array.from({ length: 15 }, () => "0"), "987654", "0"];
  const stat = { state: "S", parent: 7, session: 9, startTicks: 987_654 };
  expect(parseProcStat(`42 (a (b) c) ${fields.join(" ")}`)).toEqual(stat);
  expect(parseProcStat("nonsense")).toBeNull();
});

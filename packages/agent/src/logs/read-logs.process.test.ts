import { appendFileSync } from "node:fs";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemberLogs } from "./member-logs.ts";
import { readLogs } from "./read-logs.ts";
import type { LogRequest } from "./read-logs.ts";

let dir: string;
let stopped: AbortController;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "logs-"));
  stopped = new AbortController();
});

afterEach(async () => {
  stopped.abort();
  await rm(dir, { recursive: true });
});

const openLogs = (limitBytes = 1_000_000): MemberLogs =>
  new MemberLogs(
    { stdout: join(dir, "stdout.log"), stderr: join(dir, "stderr.log"), points: join(dir, "points") },
    limitBytes,
  );
const write = (stream: "stdout" | "stderr", text: string): void => appendFileSync(join(dir, `${stream}.log`), text);
const everything: LogRequest = { stream: "both", sinceMs: null, tailBytes: null, follow: false };

async function read(logs: MemberLogs, request: Partial<LogRequest> = {}): Promise<string> {
  let text = "";
  const ports = { logs, isRunning: () => false, signal: stopped.signal };
  for await (const piece of readLogs({ ...everything, ...request }, ports)) text += piece;
  return text;
}

/** Four moments, in which both outputs were written to. */
async function writeStory(logs: MemberLogs): Promise<void> {
  for (const [at, moment] of ["first", "second", "third", "fourth"].entries()) {
    write("stdout", `out ${moment}\n`);
    write("stderr", `err ${moment}\n`);
    await logs.tend((at + 1) * 1_000);
  }
}

test("both outputs are told in the order of the moments in which they were written", async () => {
  const logs = openLogs();
  await writeStory(logs);
  write("stderr", "last words");
  const lines =
    "out first\nerr first\nout second\nerr second\nout third\nerr third\nout fourth\nerr fourth\nlast words\n";
  expect(await read(logs)).toBe(lines);
  // Another life of the agent knows the same.
  expect(await read(openLogs())).toBe(lines);
  expect(await read(logs, { stream: "stdout" })).toBe("out first\nout second\nout third\nout fourth\n");
});

test.each([
  [0, "out first\nerr first\nout second"],
  [2_999, "out third\nerr third\nout fourth"],
  [3_000, "out fourth\nerr fourth\n"],
  [9_000, ""],
])("what was written from %i on begins after the last moment before it", async (sinceMs, beginning) => {
  const logs = openLogs();
  await writeStory(logs);
  const text = await read(logs, { sinceMs });
  expect(text.startsWith(beginning) && (beginning !== "" || text === "")).toBe(true);
});

test("the tail is whole lines, no longer than asked", async () => {
  const logs = openLogs();
  await writeStory(logs);
  expect(await read(logs, { tailBytes: 30 })).toBe("out fourth\nerr fourth\n");
  expect(await read(logs, { tailBytes: 15, stream: "stdout" })).toBe("out fourth\n");
  expect(await read(logs, { tailBytes: 0 })).toBe("");
  expect(await read(logs, { tailBytes: 1_000_000 })).toContain("out first\n");
});

test("rotated parts are read in their order, also by another life of the agent, and what is gone is gone", async () => {
  const logs = openLogs(30);
  for (let round = 1; round <= 6; round += 1) {
    write("stdout", `round ${round}: ${"x".repeat(30)}\n`);
    await logs.tend(round * 1_000);
  }
  write("stdout", "now\n");
  const kept = [4, 5, 6].map((round) => `round ${round}: ${"x".repeat(30)}\n`).join("");
  expect(await read(logs)).toBe(`${kept}now\n`);
  expect(await read(openLogs(30))).toBe(`${kept}now\n`);
  expect(await read(logs, { sinceMs: 5_500 })).toBe(`round 6: ${"x".repeat(30)}\nnow\n`);
});

test("a follower hears everything once, through rotations, until the replica has ended", async () => {
  const logs = openLogs(2_000);
  let isRunning = true;
  write("stdout", "before\n");
  let text = "";
  const ports = { logs, isRunning: () => isRunning, signal: stopped.signal, pollMs: 1 };
  const following = (async () => {
    for await (const piece of readLogs({ ...everything, follow: true }, ports)) {
      expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(64 * 1024);
      text += piece;
    }
  })();
  const wanted = ["before\n"];
  for (let line = 0; line < 200; line += 1) {
    const written = `line ${line} ${"y".repeat(40)}\n`;
    wanted.push(written);
    write("stdout", written);
    if (line % 20 === 19) {
      await vi.waitFor(() => expect(text).toContain(written), { interval: 2 });
      await logs.tend(line);
    }
  }
  write("stderr", "the end");
  isRunning = false;
  await following;
  expect(text).toBe(`${wanted.join("")}the end\n`);
  expect(await readFile(join(dir, "stdout.log.1"), "utf8")).toContain("line");
});

test("a follower that is stopped ends at once", async () => {
  const logs = openLogs();
  write("stdout", "one\n");
  const pieces = readLogs(
    { ...everything, follow: true },
    { logs, isRunning: () => true, signal: stopped.signal, pollMs: 60_000 },
  );
  expect((await pieces.next()).value).toBe("one\n");
  const next = pieces.next();
  stopped.abort();
  expect((await next).done).toBe(true);
});

test("much is given out in pieces of at most 64 KiB", async () => {
  const logs = openLogs(100_000_000);
  write("stdout", `${"z".repeat(99)}\n`.repeat(20_000));
  write("stdout", "w".repeat(300_000));
  const sizes: number[] = [];
  const ports = { logs, isRunning: () => false, signal: stopped.signal };
  for await (const piece of readLogs(everything, ports)) sizes.push(Buffer.byteLength(piece));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2_300_001);
});

test("a log that somebody else cut, and a file of points that a crash cut, are read on", async () => {
  const logs = openLogs();
  await writeStory(logs);
  await truncate(join(dir, "stdout.log"), 0);
  write("stdout", "afresh\n");
  await logs.tend(9_000);
  expect(await read(logs, { stream: "stdout" })).toBe("afresh\n");
  await writeFile(join(dir, "points"), `${await readFile(join(dir, "points"), "utf8")}99999 12`);
  expect(await read(openLogs(), { stream: "stderr", sinceMs: 3_000 })).toBe("err fourth\n");
});

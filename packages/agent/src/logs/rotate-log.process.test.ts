import { closeSync, mkdtempSync, openSync, writeSync } from "node:fs";
import { readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rotateLog } from "./rotate-log.ts";

test("a log that is held open is cut in place, and three older parts are kept", async () => {
  const dir = mkdtempSync(join(tmpdir(), "log-"));
  const path = join(dir, "stderr.log");
  const descriptor = openSync(path, "a");
  for (let round = 1; round <= 5; round += 1) {
    writeSync(descriptor, `part ${round}\n`);
    expect(await rotateLog(path, 1)).toBe(true);
  }
  writeSync(descriptor, "now\n");
  expect(await rotateLog(path, 1_000)).toBe(false);
  closeSync(descriptor);
  const names = (await readdir(dir)).toSorted();
  expect(names).toEqual(["stderr.log", "stderr.log.1", "stderr.log.2", "stderr.log.3"]);
  expect(await Promise.all(names.map((name) => readFile(join(dir, name), "utf8")))).toEqual([
    "now\n",
    "part 5\n",
    "part 4\n",
    "part 3\n",
  ]);
  await rm(dir, { recursive: true });
});

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashTree } from "../build/staleness.mjs";
import { listWebSources } from "../build/web.mjs";

let root: string;
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "sluice-stale-"));
  write("src/a.ts", "1");
  write("src/deep/b.ts", "2");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

it("does not change with the times of files, nor with tests and built output", () => {
  const before = hashTree(root, ["src"]);
  utimesSync(path.join(root, "src/a.ts"), 1, 1);
  write("src/a.test.ts", "test");
  write("src/node_modules/x/index.js", "x");
  write("src/dist/main.mjs", "x");
  expect(hashTree(root, ["src"])).toBe(before);
});

it.each([
  ["content", () => write("src/deep/b.ts", "3")],
  ["a new file", () => write("src/c.ts", "")],
  ["a removed file", () => rmSync(path.join(root, "src/deep/b.ts"))],
  ["content moved to another name", () => (rmSync(path.join(root, "src/a.ts")), write("src/z.ts", "1"))],
])("changes with %s", (_what, change) => {
  const before = hashTree(root, ["src"]);
  change();
  expect(hashTree(root, ["src"])).not.toBe(before);
});

it("takes every package the dashboard can reach as its source", () => {
  expect(listWebSources()).toEqual(
    expect.arrayContaining(["apps/web", "packages/api/src", "packages/db/src", "packages/domain/src", "prisma"]),
  );
});

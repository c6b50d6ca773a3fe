import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildZip } from "../../test/zip.ts";
import type { ZipEntry } from "../../test/zip.ts";
import { unpackZip } from "./unpack-zip.ts";

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), "zip-"))));
afterEach(() => rm(dir, { recursive: true }));

async function unpack(entries: readonly ZipEntry[], limits = { maxFiles: 100, maxBytes: 1_000_000 }): Promise<string> {
  await writeFile(join(dir, "bundle.zip"), await buildZip(entries));
  await unpackZip(join(dir, "bundle.zip"), join(dir, "out"), limits);
  return join(dir, "out");
}

test("files land in their directories, executable only when they were", async () => {
  const out = await unpack([
    { name: "app.ts", content: "export {}" },
    { name: "bin/tool", content: "#!/bin/sh", mode: 0o100755 },
  ]);
  expect(await readFile(join(out, "app.ts"), "utf8")).toBe("export {}");
  expect((await stat(join(out, "bin/tool"))).mode & 0o111).not.toBe(0);
  expect((await stat(join(out, "app.ts"))).mode & 0o111).toBe(0);
});

test.each<[string, readonly ZipEntry[], RegExp]>([
  ["a path that leads out", [{ name: "../evil.txt", content: "x" }], /refused: .*\.\./],
  ["a path that leads out from inside", [{ name: "a/../../evil.txt", content: "x" }], /refused: .*\.\./],
  ["an absolute path", [{ name: "/etc/evil.txt", content: "x" }], /refused: .*absolute path/],
  ["a backslash", [{ name: "..\\evil.txt", content: "x" }], /refused/],
  ["a symbolic link", [{ name: "link", content: "/etc/passwd", mode: 0o120777 }], /links are refused/],
  ["a device", [{ name: "dev", content: "", mode: 0o020666 }], /only plain files/],
  ["a file in Sluice's own folder", [{ name: ".sluice/app.mjs", content: "x" }], /belongs to Sluice/],
  [
    "the same file twice",
    [
      { name: "a", content: "1" },
      { name: "a", content: "2" },
    ],
    /EEXIST/,
  ],
])("%s is refused and writes nothing outside", async (_, entries, wanted) => {
  await expect(unpack(entries)).rejects.toMatchObject({
    code: "bundle/invalid",
    message: expect.stringMatching(wanted) as string,
  });
  expect((await readdir(dir)).filter((name) => name !== "out")).toEqual(["bundle.zip"]);
});

test("too many files, too many bytes, and what is no zip are refused", async () => {
  const two = [
    { name: "a", content: "12345" },
    { name: "b", content: "12345" },
  ];
  await expect(unpack(two, { maxFiles: 1, maxBytes: 100 })).rejects.toThrow("at most 1");
  await expect(unpack(two, { maxFiles: 9, maxBytes: 9 })).rejects.toThrow("more than 9 bytes");
  await writeFile(join(dir, "broken.zip"), "PK\u0003\u0004 but no more");
  await expect(unpackZip(join(dir, "broken.zip"), join(dir, "out"))).rejects.toMatchObject({ code: "bundle/invalid" });
});

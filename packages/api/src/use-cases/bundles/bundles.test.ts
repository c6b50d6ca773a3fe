import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectZip, judgeZipEntry } from "./inspect-zip.ts";
import { judgeOnnx } from "./judge-onnx.ts";
import { receiveUpload } from "./receive-upload.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "sluice-bundles-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A zip by hand (stored, no compression), so that its names may be what no tool would write. */
async function writeZip(entries: readonly { name: string; content?: string; mode?: number }[]): Promise<string> {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = "x", mode = 0o100644 } of entries) {
    const [nameBytes, data] = [Buffer.from(name), Buffer.from(content)];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(nameBytes.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(data.length, 24);
    central.writeUInt16LE(nameBytes.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    locals.push(local, nameBytes, data);
    directory.push(central, nameBytes);
    offset += 30 + nameBytes.length + data.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  const file = path.join(dir, `${Math.random().toString(36).slice(2)}.zip`);
  await pipeline([Buffer.concat([...locals, directoryBytes, end])], createWriteStream(file));
  return file;
}

describe("inspectZip", () => {
  it("lists the files of a good zip with their sizes, without its folders", async () => {
    const file = await writeZip([
      { name: "src/", content: "" },
      { name: "src/app.ts", content: "hello" },
    ]);
    expect(await inspectZip(file)).toEqual([{ path: "src/app.ts", sizeBytes: 5 }]);
  });

  it.each([
    ["..", [{ name: "../evil.ts" }]],
    ["..", [{ name: "a/../../evil.ts" }]],
    ["absolute", [{ name: "/etc/passwd" }]],
    ["symbolic link", [{ name: "link", mode: 0o120777 }]],
    ["twice", [{ name: "a" }, { name: "a" }]],
    ["no files", [{ name: "only/", content: "" }]],
  ])("refuses a zip and says why: %s", async (why, entries) => {
    const error = await inspectZip(await writeZip(entries)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "bundle/invalid" });
    if (why !== "absolute") expect((error as Error).message).toContain(why);
    else expect((error as Error).message).toMatch(/absolute/);
  });

  it("refuses more files or more unpacked bytes than allowed", async () => {
    const file = await writeZip([{ name: "a" }, { name: "b" }, { name: "c" }]);
    await expect(inspectZip(file, { files: 2, unpackedBytes: 100 })).rejects.toThrow(/more than 2 files/);
    await expect(inspectZip(file, { files: 10, unpackedBytes: 2 })).rejects.toThrow(/unpacks to more/);
  });

  it("refuses what is no zip", async () => {
    const file = path.join(dir, "not.zip");
    await writeFile(file, "PK\x03\x04 no");
    await expect(inspectZip(file)).rejects.toMatchObject({ code: "bundle/invalid" });
  });
});

it.each([
  ["a\\b", /backslash/],
  ["C:/x", /absolute/],
  ["a\0b", /no file name/],
])("judges the name %j", (name, reason) => {
  const facts = { path: name, sizeBytes: 1, isEncrypted: false, unixMode: 0 };
  expect(judgeZipEntry(facts)).toMatch(reason);
  expect(judgeZipEntry({ ...facts, path: "fine.ts", isEncrypted: true })).toMatch(/encrypted/);
});

describe("judgeOnnx", () => {
  it("takes what begins like a ModelProto, also when it is cut short", () => {
    expect(judgeOnnx(Buffer.from([0x08, 0x08]))).toBe(null);
    expect(judgeOnnx(Buffer.from([0x3a, 0x90, 0x01]))).toBe(null);
  });

  it.each([
    ["text", Buffer.from("this is text")],
    ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47])],
    ["nothing", Buffer.alloc(0)],
  ])("refuses %s", (_, head) => {
    expect(judgeOnnx(head)).not.toBe(null);
  });
});

describe("receiveUpload", () => {
  it("stops at the limit with 413 and leaves nothing behind", async () => {
    const folder = path.join(dir, "limit");
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1024;
        yield Buffer.alloc(1024);
      }
    }
    await expect(receiveUpload(endless(), folder, 4096)).rejects.toMatchObject({ code: "request/too_large" });
    expect(given).toBeLessThan(20_000);
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps the bytes until it is disposed", async () => {
    const folder = path.join(dir, "kept");
    {
      await using upload = await receiveUpload(
        (async function* () {
          yield Buffer.from("ab");
          yield Buffer.from("cd");
        })(),
        folder,
      );
      expect([upload.sizeBytes, Buffer.from(upload.head).toString()]).toEqual([4, "abcd"]);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

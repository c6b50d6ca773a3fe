import { buffer } from "node:stream/consumers";
import { expect, it, vi } from "vitest";
import * as yauzl from "yauzl";
import { packFiles } from "./pack-files.ts";

const entries = [
  { path: "app.ts", content: Buffer.from("export const app = 1;\n") },
  { path: "data/ümlaut.txt", content: Buffer.from("bytes \u0000 and text") },
];

it("is read by another zip implementation, names and bytes unchanged", async () => {
  const read = await readZip(await packFiles(entries));
  expect(read).toEqual(entries.map((entry) => [entry.path, entry.content.toString()]));
});

it("has the same bytes for the same content at any time", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-05-06T07:08:09Z") });
  const then = await packFiles(entries);
  vi.useRealTimers();
  expect(Buffer.from(then).equals(await packFiles(entries))).toBe(true);
});

/** yauzl checks sizes and checksums while it reads. */
async function readZip(bytes: Uint8Array): Promise<[string, string][]> {
  const zip = await yauzl.fromBufferPromise(Buffer.from(bytes));
  const read: [string, string][] = [];
  for await (const entry of zip.eachEntry()) {
    const content = await buffer(await zip.openReadStreamPromise(entry));
    read.push([entry.fileName, content.toString()]);
  }
  return read;
}

import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import * as yauzl from "yauzl";
import { storeZip } from "./stored-zip.ts";

const entries = [
  { path: "app.ts", content: Buffer.from("export const app = 1;\n") },
  { path: "data/ümlaut.txt", content: Buffer.from("bytes \u0000 and text") },
];

it("is read by another zip implementation, names and bytes unchanged", async () => {
  const read = await readZip(storeZip(entries));
  expect(read).toEqual(entries.map((entry) => [entry.path, entry.content.toString()]));
});

it("has the same bytes for the same content at any time", () => {
  expect(storeZip(entries).equals(storeZip(entries))).toBe(true);
});

/** yauzl checks sizes and checksums while it reads. */
async function readZip(bytes: Buffer): Promise<[string, string][]> {
  const zip = await yauzl.fromBufferPromise(bytes);
  const read: [string, string][] = [];
  for await (const entry of zip.eachEntry()) {
    const content = await buffer(await zip.openReadStreamPromise(entry));
    read.push([entry.fileName, content.toString()]);
  }
  return read;
}

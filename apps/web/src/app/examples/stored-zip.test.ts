import AdmZip from "adm-zip";
import { expect, it } from "vitest";
import { storeZip } from "./stored-zip.ts";

const entries = [
  { path: "app.ts", content: Buffer.from("export const app = 1;\n") },
  { path: "data/ümlaut.txt", content: Buffer.from("bytes \u0000 and text") },
];

it("is read by another zip implementation, names and bytes unchanged", () => {
  const read = new AdmZip(storeZip(entries)).getEntries();
  expect(read.map((entry) => entry.entryName)).toEqual(["app.ts", "data/ümlaut.txt"]);
  expect(read.map((entry) => entry.getData().toString())).toEqual(entries.map((entry) => entry.content.toString()));
});

it("has the same bytes for the same content at any time", () => {
  expect(storeZip(entries).equals(storeZip(entries))).toBe(true);
});

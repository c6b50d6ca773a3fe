import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folders = ["./", "../multiplex/", "../../../replica/test/"];

/** Rows of the table in README.md: what a row is called, and file and name of its test. */
const rows = readFileSync(new URL("./README.md", import.meta.url), "utf8")
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => cells.length === 6 && /^`/.test(cells[4] ?? ""))
  .map((cells) => {
    const [, file = "", name = ""] = /^`(.+?)`: (.+)$/.exec(cells[4] ?? "") ?? [];
    return { row: cells[1] ?? "", file, name };
  });

describe("the table of batch semantics", () => {
  it("has its rows", () => {
    expect(rows.length).toBeGreaterThan(45);
  });

  it.each(rows)("row $row is a test: $name", ({ file, name }) => {
    const sources = folders.flatMap((folder) => {
      try {
        return [readFileSync(new URL(`${folder}${file}.test.ts`, import.meta.url), "utf8")];
      } catch {
        return [];
      }
    });
    expect(sources.length).toBe(1);
    expect(sources[0]).toContain(name);
  });
});

import { describe, expect, it } from "vitest";
import { listPaletteEntries, rankEntries } from "./palette-entries.ts";

const entry = (label: string, note = "application") => ({ id: label, label, note, href: `/${label}` });

describe("the palette", () => {
  it("puts labels that begin with the query before those that contain it", () => {
    const ranked = rankEntries(
      [entry("my-digits"), entry("digits"), entry("hello", "application · /digits")],
      "digits",
    );
    expect(ranked.map((item) => item.label)).toEqual(["digits", "my-digits", "hello"]);
  });

  it("wants every word, in label or note", () => {
    expect(rankEntries([entry("digits"), entry("digits", "node")], "digits node")).toHaveLength(1);
    expect(rankEntries([entry("digits")], "digits zebra")).toHaveLength(0);
  });

  it("ranks a thousand entries well within a frame budget of 100 ms", () => {
    const many = Array.from({ length: 1000 }, (_value, index) => entry(`application-${index}`));
    const start = performance.now();
    expect(rankEntries(many, "application-99")).toHaveLength(11);
    expect(performance.now() - start).toBeLessThan(100);
  });

  it("offers pages and the new application even when nothing is deployed", () => {
    const entries = listPaletteEntries({ applications: [], deployments: [], nodes: [] });
    expect(entries.map((item) => item.href)).toContain("/applications/new");
    expect(entries.map((item) => item.href)).toContain("/events");
  });
});

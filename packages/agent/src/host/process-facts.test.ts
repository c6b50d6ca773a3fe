import { expect, test } from "vitest";
import { isProcessAlive, parseStat, readRssBytes, readStartTicks } from "./process-facts.ts";

test("the start time is found behind a command name with spaces and brackets", () => {
  const fields = ["S", ...Array.from({ length: 18 }, () => "0"), "987654", "0"];
  expect(parseStat(`42 (a (b) c) ${fields.join(" ")}`)).toEqual({ state: "S", startTicks: 987_654 });
  expect(parseStat("nonsense")).toBeNull();
});

test("this process is alive under its own start time and dead under another", () => {
  const startTicks = readStartTicks(process.pid);
  expect(isProcessAlive({ pid: process.pid, startTicks }, "")).toBe(true);
  if (process.platform === "linux")
    expect(isProcessAlive({ pid: process.pid, startTicks: startTicks + 1 }, "")).toBe(false);
});

test("memory of a process that does not exist is unknown, not zero", () => {
  expect(readRssBytes(process.pid)).toBeGreaterThan(1024 ** 2);
  expect(readRssBytes(2 ** 22 + 1)).toBeNull();
});

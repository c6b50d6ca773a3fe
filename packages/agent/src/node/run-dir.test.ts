import { expect, test } from "vitest";
import { planRunDir } from "./run-dir.ts";

test("sockets lie in the agent's directory while their paths are short", () => {
  expect(planRunDir("/data/agent", "/tmp", 1000)).toBe("/data/agent/run");
});

test("a long directory moves the sockets below tmp, one place per directory and user", () => {
  const long = `/data/${"deep/".repeat(20)}agent`;
  expect(planRunDir(long, "/tmp", 1000)).toMatch(/^\/tmp\/sluice-1000-[0-9a-f]{8}$/);
  expect(planRunDir(long, "/tmp", 1000)).not.toBe(planRunDir(`${long}2`, "/tmp", 1000));
});

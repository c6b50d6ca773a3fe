import { expect, test } from "vitest";
import { describeEnd } from "./describe-end.ts";
import type { EndFacts } from "./describe-end.ts";

const crashed: EndFacts = {
  hadProcess: true,
  wasDraining: false,
  ending: null,
  failedMessage: null,
  code: 1,
  signal: null,
  lastErrorLine: "TypeError: weights.json is missing",
};

test.each<[string, Partial<EndFacts>, string, string]>([
  ["a crash tells its last error", {}, "failed", "exited with code 1: TypeError: weights.json is missing"],
  ["what was killed did not say why", { code: null, signal: "SIGKILL" }, "failed", "exited by SIGKILL"],
  [
    "a crash in native code did",
    { code: null, signal: "SIGABRT", lastErrorLine: "terminate called" },
    "failed",
    "exited by SIGABRT: terminate called",
  ],
  ["what the host said itself counts more than its exit", { failedMessage: "no input x" }, "failed", "no input x"],
  [
    "an end that nobody asked for is a failure, even with code 0",
    { code: 0, lastErrorLine: null },
    "failed",
    "exited with code 0",
  ],
  ["a drained replica is stopped", { wasDraining: true, code: 0 }, "stopped", "drained"],
  ["so is one whose status nobody knows", { wasDraining: true, code: null }, "stopped", "drained"],
  [
    "a crash while draining is told, and is no failure",
    { wasDraining: true },
    "stopped",
    "exited with code 1 while draining",
  ],
  [
    "the agent's own reason wins",
    { wasDraining: true, ending: { outcome: "failed", reason: "3 health checks failed" }, failedMessage: "x" },
    "failed",
    "3 health checks failed",
  ],
])("%s", (_, given, stage, message) => {
  const end = describeEnd({ ...crashed, ...given });
  expect([end.stage, end.message]).toEqual([stage, message]);
});

test("without a process there is no exit, only the reason it did not start", () => {
  const end = describeEnd({ ...crashed, hadProcess: false, failedMessage: "the bundle is gone" });
  expect(end).toEqual({ stage: "failed", message: "the bundle is gone", exit: null });
});

import { describe, expect, it } from "vitest";
import { decideAdmission } from "./decide-admission.ts";
import type { AdmissionFacts } from "./decide-admission.ts";

const base: AdmissionFacts = {
  isClosed: false,
  isReturning: false,
  queued: 3,
  maxQueued: -1,
  deadlineMs: Number.POSITIVE_INFINITY,
  nowMs: 0,
  noPick: "all_busy",
};

describe("decideAdmission", () => {
  it.each([
    ["busy replicas", base, "wait_for_place"],
    ["a busy holder of its model", { ...base, noPick: "model_busy" }, "wait_for_model"],
    ["an empty pool", { ...base, noPick: "no_replica" }, "wait_for_replica"],
    ["replicas that all failed", { ...base, noPick: "all_down" }, "wait_for_replica"],
    ["a full line", { ...base, maxQueued: 3 }, "queue_full"],
    ["a line with room for one more", { ...base, maxQueued: 4 }, "wait_for_place"],
    ["no line allowed at all", { ...base, queued: 0, maxQueued: 0 }, "queue_full"],
    ["a full line, on its return from a replica", { ...base, maxQueued: 3, isReturning: true }, "wait_for_place"],
    ["a deadline that has passed", { ...base, nowMs: 5, deadlineMs: 5 }, "deadline"],
    ["a pool that is gone", { ...base, isClosed: true, maxQueued: 0, deadlineMs: 0 }, "closed"],
  ] as const)("a request that meets %s", (_name, facts, reason) => {
    const decision = decideAdmission(facts);
    expect(decision).toEqual({ wait: reason.startsWith("wait_"), reason });
  });
});

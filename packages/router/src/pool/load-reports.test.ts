import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isUrgent, LoadReports } from "./load-reports.ts";

describe("isUrgent", () => {
  it.each([
    { why: "the first request waits for a pool without replicas", queued: 1, replicaCount: 0, told: 0, urgent: true },
    { why: "that was told already", queued: 3, replicaCount: 0, told: 1, urgent: false },
    { why: "a few wait for busy replicas", queued: 3, replicaCount: 2, told: 0, urgent: false },
    { why: "a burst waits for busy replicas", queued: 27, replicaCount: 1, told: 0, urgent: true },
    { why: "a long queue grows a little", queued: 60, replicaCount: 1, told: 40, urgent: false },
    { why: "a long queue doubles", queued: 80, replicaCount: 1, told: 40, urgent: true },
    { why: "a queue shrinks", queued: 1, replicaCount: 1, told: 40, urgent: false },
    { why: "nothing waits", queued: 0, replicaCount: 0, told: 0, urgent: false },
  ])("is $urgent when $why", ({ queued, replicaCount, told, urgent }) => {
    const pools = [
      { poolId: "idle", queued: 0, replicaCount: 1 },
      { poolId: "p", queued, replicaCount },
    ];
    expect(isUrgent(pools, new Map([["p", told]]))).toBe(urgent);
  });
});

it("tells once about a queue that its report leaves out, not at every look", () => {
  vi.useFakeTimers();
  let told = 0;
  const reports = new LoadReports({
    pools: { all: () => [{ poolId: "gone", queued: 9, replicaCount: 0 }], load: () => [] },
    send: () => {
      told += 1;
      return true;
    },
    everyMs: 500,
    lookEveryMs: 50,
    now: () => performance.now(),
  });
  onTestFinished(() => {
    reports.stop();
    vi.useRealTimers();
  });
  vi.advanceTimersByTime(2_000);
  expect(told).toBeGreaterThanOrEqual(4);
  expect(told).toBeLessThanOrEqual(5);
});

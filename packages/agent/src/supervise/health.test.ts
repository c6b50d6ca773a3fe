import { expect, test } from "vitest";
import { afterProbe, decideProbe, startHealth } from "./health.ts";
import type { HealthTrack, ProbeSettings } from "./health.ts";

const settings: ProbeSettings = { periodMs: 10_000, timeoutMs: 30_000, isReady: true, random: 0.5 };
const asked = (sentAtMs: number): HealthTrack => ({ ...startHealth(0), outstanding: { probeId: 1, sentAtMs } });

test.each([
  ["the first probe goes at once", startHealth(5), 5, "send"],
  ["no probe before its time", { ...startHealth(5), nextAtMs: 9 }, 8, "wait"],
  ["an answer may take its timeout", asked(1_000), 30_999, "wait"],
  ["no answer in time is a failure", asked(1_000), 31_000, "time out"],
] as const)("%s", (_, track, nowMs, wanted) => {
  expect(decideProbe(track, settings, nowMs)).toBe(wanted);
});

test("failures count in a row and an answer clears them", () => {
  const twice = [false, false].reduce((track, ok) => afterProbe(track, ok, "slow", settings, 0), startHealth(0));
  expect(twice.failures).toBe(2);
  expect(afterProbe(twice, true, "", settings, 0).failures).toBe(0);
});

test("probes are spread by a tenth of the period, and come soon until the replica is ready", () => {
  const at = (random: number, isReady: boolean) =>
    afterProbe(asked(0), true, "", { ...settings, random, isReady }, 0).nextAtMs;
  expect([at(0, true), at(0.999, true)]).toEqual([9_000, expect.closeTo(11_000, -2)]);
  expect(at(0.5, false)).toBe(500);
});

test("a shorter period counts at once, a longer one from the next probe on", () => {
  const track = afterProbe(asked(0), true, "", settings, 0);
  const step = (periodMs: number, nowMs: number) => decideProbe(track, { ...settings, periodMs }, nowMs);
  expect([step(1_000, 1_099), step(1_000, 1_100)]).toEqual(["wait", "send"]);
  expect([step(60_000, 9_999), step(60_000, 10_000)]).toEqual(["wait", "send"]);
});

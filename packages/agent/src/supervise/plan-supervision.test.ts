import { describe, expect, test } from "vitest";
import { buildAssignment } from "../../test/assignment.ts";
import { lightConfigOf, planSupervision } from "./plan-supervision.ts";
import type { ObservedHost, SupervisionAction } from "./plan-supervision.ts";

const now = 1_000_000;

function host(given: Partial<ObservedHost> = {}): ObservedHost {
  return {
    member: "rep-1",
    stage: "ready",
    origin: "started",
    hasProcess: true,
    isConnected: true,
    sinceMs: now - 60_000,
    spawnedAtMs: now - 60_000,
    drainSinceMs: null,
    wasReady: true,
    isKilled: false,
    endedAtMs: null,
    probeFailures: 0,
    probeMessage: "",
    rssBytes: 100 * 1024 ** 2,
    memoryLimitBytes: 0,
    startupTimeoutMs: 0,
    gracefulShutdownTimeoutMs: 20_000,
    lightConfig: lightConfigOf(buildAssignment()),
    reconfiguringSinceMs: null,
    refusal: null,
    ...given,
  };
}

const summary = (actions: readonly SupervisionAction[]): string[] =>
  actions.map((action) =>
    [action.kind, "outcome" in action ? action.outcome : "via" in action ? action.via : "", action.reason]
      .filter(Boolean)
      .join(": "),
  );

describe("planSupervision", () => {
  const run = [buildAssignment()];
  const drain = [buildAssignment({ desired: "drain" })];
  test.each<[string, ReturnType<typeof buildAssignment>[], ObservedHost[], string[]]>([
    ["starts what is assigned and not there", run, [], ["start: assigned to this node"]],
    ["does not start what should drain", drain, [], []],
    ["leaves a running replica alone", run, [host()], []],
    [
      "never starts a failed replica again under its id",
      run,
      [host({ stage: "failed", hasProcess: false, endedAtMs: now - 60_000 })],
      [],
    ],
    ["drains what is no longer assigned", [], [host()], ["drain: message: no longer assigned to this node"]],
    ["drains when asked", drain, [host()], ["drain: message: the controller asked to drain it"]],
    [
      "drains a host without link by signal",
      [],
      [host({ isConnected: false })],
      ["drain: signal: no longer assigned to this node"],
    ],
    [
      "cancels a preparation",
      [],
      [host({ stage: "preparing", hasProcess: false })],
      ["drain: cancel: no longer assigned to this node"],
    ],
    ["lets a drain take its time", [], [host({ stage: "draining", drainSinceMs: now - 21_999 })], []],
    [
      "ends a drain that takes too long",
      [],
      [host({ stage: "draining", drainSinceMs: now - 22_000 })],
      ["kill: stopped: not drained within 22 s"],
    ],
    [
      "ends a drain after its own graceful_shutdown_timeout_s",
      [],
      [host({ stage: "draining", drainSinceMs: now - 7_000, gracefulShutdownTimeoutMs: 5_000 })],
      ["kill: stopped: not drained within 7 s"],
    ],
    [
      "ends a replica that was not ready sooner",
      [],
      [host({ stage: "draining", wasReady: false, drainSinceMs: now - 5_000 })],
      ["kill: stopped: not drained within 5 s"],
    ],
    ["does not take a draining replica back", run, [host({ stage: "draining", drainSinceMs: now - 1_000 })], []],
    ["kills once only", [], [host({ stage: "draining", drainSinceMs: now - 90_000, isKilled: true })], []],
    [
      "forgets what ended once its end was told",
      [],
      [host({ stage: "stopped", endedAtMs: now - 5_000 })],
      ["forget: ended and no longer assigned"],
    ],
    ["keeps what ended just now", [], [host({ stage: "stopped", endedAtMs: now - 100 })], []],
    [
      "adopts a found host that redialled",
      run,
      [host({ origin: "found" })],
      ["adopt: its process survived a restart of the agent"],
    ],
    [
      "waits for a found host to redial",
      run,
      [host({ origin: "found", isConnected: false, sinceMs: now - 14_000 })],
      [],
    ],
    [
      "kills a found host that does not redial",
      run,
      [host({ origin: "found", isConnected: false, sinceMs: now - 15_000 })],
      ["kill: failed: did not come back to the restarted agent within 15 s"],
    ],
    ["drains a found orphan", [], [host({ origin: "found" })], ["drain: message: no longer assigned to this node"]],
    [
      "kills after three failed health checks",
      run,
      [host({ probeFailures: 3, probeMessage: "no answer within 30 s" })],
      ["kill: failed: 3 health checks failed in a row: no answer within 30 s"],
    ],
    [
      "tells a running replica its new settings",
      [buildAssignment({ maxOngoingRequests: 9 })],
      [host()],
      ["reconfigure: its settings changed"],
    ],
    [
      "tells a running replica that it belongs to another pool and revision now",
      [buildAssignment({ poolId: "pool-2", revision: 2 })],
      [host()],
      ["reconfigure: its settings changed"],
    ],
    [
      "tells a running replica its new health and shutdown times",
      [buildAssignment({ gracefulShutdownTimeoutS: 3 })],
      [host()],
      ["reconfigure: its settings changed"],
    ],
    [
      "starts only the members that are missing",
      [buildAssignment({ worldSize: 2 }), buildAssignment({ worldSize: 2, rank: 1 })],
      [host({ lightConfig: lightConfigOf(buildAssignment({ worldSize: 2 })) })],
      ["start: assigned to this node"],
    ],
    [
      "drains the member that is no longer assigned, not its sibling",
      [buildAssignment()],
      [host(), host({ member: "rep-1.1" })],
      ["drain: message: no longer assigned to this node"],
    ],
    ["gives a reconfigure the time of a start", run, [host({ reconfiguringSinceMs: now - 599_000 })], []],
    [
      "kills a reconfigure that never ends",
      run,
      [host({ reconfiguringSinceMs: now - 600_000 })],
      ["kill: failed: reconfigure() did not end within 600 s"],
    ],
    [
      "lets a replica that refused its settings finish what runs",
      run,
      [host({ refusal: { atMs: now - 21_000, reason: "reconfigure() failed: no" }, probeFailures: 3 })],
      [],
    ],
    [
      "kills one that does not end after it refused",
      run,
      [host({ refusal: { atMs: now - 22_000, reason: "reconfigure() failed: no" } })],
      ["kill: failed: reconfigure() failed: no"],
    ],
    ["two failed health checks change nothing", run, [host({ probeFailures: 2 })], []],
    ["failed readiness probes only delay", run, [host({ stage: "loading", probeFailures: 9 })], []],
    [
      "kills over the memory limit, saying both numbers",
      run,
      [host({ rssBytes: 600 * 1024 ** 2, memoryLimitBytes: 512 * 1024 ** 2 })],
      ["kill: failed: used 600 MiB of its limit 512 MiB of memory (ray_actor_options.memory)"],
    ],
    [
      "kills what does not become ready",
      run,
      [host({ stage: "loading", spawnedAtMs: now - 600_000, probeMessage: "warming up" })],
      ["kill: failed: not ready within 600 s, still loading (warming up)"],
    ],
    [
      "leaves a program with a long start-up budget to its host",
      run,
      [host({ stage: "loading", spawnedAtMs: now - 900_000, startupTimeoutMs: 900_000 })],
      [],
    ],
    [
      "kills it when the host does not",
      run,
      [host({ stage: "loading", spawnedAtMs: now - 930_000, startupTimeoutMs: 900_000 })],
      ["kill: failed: not ready within 930 s, still loading"],
    ],
    [
      "a slow bundle does not count against the start",
      run,
      [host({ stage: "preparing", hasProcess: false, spawnedAtMs: null, sinceMs: 0 })],
      [],
    ],
  ])("%s", (_, assignments, hosts, wanted) => {
    expect(summary(planSupervision(assignments, hosts, now))).toEqual(wanted);
  });

  test("ends come before starts", () => {
    const actions = planSupervision([buildAssignment({ replicaId: "rep-2" })], [host()], now);
    expect(actions.map(({ kind }) => kind)).toEqual(["drain", "start"]);
  });
});

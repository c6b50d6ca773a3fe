import { describe, expect, it } from "vitest";
import { buildSnapshot } from "../../test/build-snapshot.ts";
import type { ApplicationState } from "../spec/application-status.ts";
import type { Action } from "./action.ts";
import { holdUnhealthy, LASTING_MS, newToLeader } from "./hold-unhealthy.ts";
import { stateEvent } from "./plan-transition.ts";
import type { ApplicationVerdict } from "./snapshot.ts";

const verdict = (state: ApplicationState): ApplicationVerdict => ({
  state,
  message: `it is ${state}`,
  servingRevisions: [1],
  observedGeneration: 1,
});
const failure: Action = { kind: "noteFailure", replicaId: "a", reason: "exited by SIGKILL" };

/** One leader's look at one application after the other, each pass finding the state that the one before left. */
function leader(found: ApplicationState, leaderSinceMs = 0) {
  let memory = newToLeader;
  let stored = found;
  return (state: ApplicationState, nowMs: number, causes: readonly Action[] = []) => {
    const status = verdict(state);
    const turn: Action[] =
      state === stored
        ? []
        : [
            { kind: "setStatus", ...status },
            { kind: "recordEvent", ...stateEvent(status, 1) },
          ];
    const plan = {
      actions: [...causes, ...turn],
      status,
      traffic: { variants: [], source: "rollout", reason: "" } as const,
      lacksRoom: false,
    };
    const held = holdUnhealthy({
      snapshot: buildSnapshot({ status: verdict(stored) }),
      plan,
      memory,
      nowMs,
      leaderSinceMs,
    });
    memory = held.memory;
    stored = state;
    return {
      kinds: held.actions.map(({ kind }) => kind),
      events: held.actions.flatMap((action) => (action.kind === "recordEvent" ? [action.message] : [])),
      wakeAtMs: held.actions.find((action) => action.kind === "wakeAt")?.atMs ?? null,
    };
  };
}

const unhealthyEvent = "Unhealthy: it is UNHEALTHY";

describe("a restart leaves no event that an application is unhealthy", () => {
  it("when the product stops and takes the replicas with it: nothing failed", () => {
    const pass = leader("DEPLOYING");
    pass("RUNNING", 1_000);
    const stopping = pass("UNHEALTHY", 600_000);
    expect(stopping).toEqual({ kinds: ["setStatus", "wakeAt"], events: [], wakeAtMs: 600_000 + LASTING_MS });
  });

  it("when it starts and the replicas of before are gone, also as failures", () => {
    const pass = leader("RUNNING");
    pass("RUNNING", 100);
    expect(pass("UNHEALTHY", 200, [failure]).kinds).toEqual(["noteFailure", "setStatus", "wakeAt"]);
    expect(pass("UNHEALTHY", 5_000).events).toEqual([]);
    expect(pass("RUNNING", 9_000).events).toEqual(["Running: it is RUNNING"]);
  });

  it("when the leader before had left it unhealthy and it comes up in time", () => {
    const pass = leader("UNHEALTHY");
    expect(pass("UNHEALTHY", 100)).toEqual({ kinds: ["wakeAt"], events: [], wakeAtMs: 100 + LASTING_MS });
    expect(pass("RUNNING", 20_000).events).toEqual(["Running: it is RUNNING"]);
    expect(pass("RUNNING", 200_000).events).toEqual([]);
  });
});

describe("what is wrong is told once", () => {
  it("at once when a replica of an application fails that this leader saw come up", () => {
    const pass = leader("DEPLOYING");
    pass("RUNNING", 1_000);
    const fell = pass("UNHEALTHY", 5_000, [failure]);
    expect(fell).toEqual({
      kinds: ["noteFailure", "setStatus", "recordEvent"],
      events: [unhealthyEvent],
      wakeAtMs: null,
    });
    expect(pass("UNHEALTHY", 6_000, [failure]).events).toEqual([]);
    expect(pass("UNHEALTHY", 6_000 + LASTING_MS).events).toEqual([]);
    pass("RUNNING", 100_000);
    expect(pass("UNHEALTHY", 101_000, [failure]).events).toEqual([unhealthyEvent]);
  });

  it("at once when a replica fails of an application that was found up, once the leader leads for long enough", () => {
    const pass = leader("RUNNING");
    pass("RUNNING", 100);
    expect(pass("UNHEALTHY", LASTING_MS, [failure]).events).toEqual([unhealthyEvent]);
  });

  it("when it lasts, whatever the cause, also when only the former leader saw it begin", () => {
    for (const found of ["RUNNING", "UNHEALTHY"] as const) {
      const pass = leader(found);
      expect(pass("UNHEALTHY", 1_000).events).toEqual([]);
      expect(pass("UNHEALTHY", 1_000 + LASTING_MS - 1).events).toEqual([]);
      expect(pass("UNHEALTHY", 1_000 + LASTING_MS).events).toEqual([unhealthyEvent]);
      expect(pass("UNHEALTHY", 1_000 + 2 * LASTING_MS).events).toEqual([]);
    }
  });

  it("at once when a failure shows up while it is held", () => {
    const pass = leader("DEPLOYING");
    pass("RUNNING", 1_000);
    expect(pass("UNHEALTHY", 5_000).events).toEqual([]);
    expect(pass("UNHEALTHY", 6_000, [failure]).events).toEqual([unhealthyEvent]);
  });
});

it("leaves every other event where it was", () => {
  const pass = leader("NOT_STARTED");
  expect(pass("DEPLOYING", 1).events).toEqual(["Deploying: it is DEPLOYING"]);
  expect(pass("DEPLOY_FAILED", 2, [failure]).events).toEqual(["Deploy failed: it is DEPLOY_FAILED"]);
});

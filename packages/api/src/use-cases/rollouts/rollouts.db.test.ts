/** Steering rollouts and scaling by hand over REST; the controller's part is written by the test. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  getApplication,
  listAuditEntries,
  listEvents,
  listPools,
  saveAutoscalerStatus,
  saveRolloutStatus,
} from "@sluice/db";
import { defaultProjectId as projectId } from "@sluice/db";
import type { RolloutStatus } from "@sluice/db";
import { AutoscalingView, Problem, RolloutView, ScaleAnswer } from "@sluice/contracts";
import { startApi } from "../../../test/api-fixture.ts";
import type { ApiFixture, TestServer } from "../../../test/api-fixture.ts";
import { deployModel } from "../../../test/stored-world.ts";

let fixture: ApiFixture;
let server: TestServer;
beforeAll(async () => {
  fixture = await startApi();
  server = await fixture.listen();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/applications/${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const problemOf = async (response: Promise<Response>) => Problem.parse(await (await response).json());
const storedOf = async (name: string) => {
  const stored = await getApplication(fixture.db, { projectId, name });
  if (stored === null) throw new Error(`${name} is not there.`);
  return stored;
};
const newestEvent = async (name: string) =>
  (await listEvents(fixture.db, { projectId, application: name, limit: 1 })).items[0];

/** An application at revision 2 whose rollout from revision 1 the controller has begun. */
async function rolling(name: string, status: Partial<RolloutStatus> = {}) {
  const spec = (await deployModel(fixture, name)) as { deployments: Record<string, unknown>[] };
  const next = { ...spec, deployments: [{ ...spec.deployments[0], max_ongoing_requests: 9 }] };
  await fixture.api.putApplication(fixture.admin, { name, spec: next });
  const { id, generation } = await storedOf(name);
  await saveRolloutStatus(fixture.db, {
    applicationId: id,
    projectId,
    generation,
    fromRevision: 1,
    toRevision: 2,
    phase: "starting",
    message: "0 of 1 replica is ready",
    numbers: { ready: 0, wanted: 1 },
    startedAtMs: 1_000,
    progressAtMs: 2_000,
    endedAtMs: null,
    ...status,
  });
  return { ...spec, next };
}

describe("rollouts", () => {
  it("shows where one stands and when it would be given up, also on the application", async () => {
    await rolling("shown");
    const response = await call("GET", "shown/rollout");
    const view = RolloutView.parse(await response.json());
    expect(response.headers.get("etag")).toBe('"2"');
    expect(view).toMatchObject({ from_revision: 1, to_revision: 2, phase: "starting", paused_at: null });
    expect(Date.parse(view.deadline_at ?? "")).toBe(602_000);
    expect((await fixture.api.getApplication(fixture.admin, { name: "shown" })).rollout).toEqual(view);
  });

  it("pauses once, has no deadline meanwhile, and goes on", async () => {
    await rolling("paused");
    const paused = RolloutView.parse(await (await call("POST", "paused/rollout/pause")).json());
    expect([paused.paused_at !== null, paused.deadline_at]).toEqual([true, null]);
    const again = await call("POST", "paused/rollout/pause");
    expect(again.headers.get("etag")).toBe('"3"');
    expect(await newestEvent("paused")).toMatchObject({ reason: "RolloutPaused", revision: 2 });
    expect((await call("POST", "paused/rollout/resume")).headers.get("etag")).toBe('"4"');
    expect((await storedOf("paused")).rolloutPausedAtMs).toBeNull();
    expect((await call("POST", "paused/rollout/resume")).headers.get("etag")).toBe('"4"');
    expect(await newestEvent("paused")).toMatchObject({ reason: "RolloutResumed" });
    const { items } = await listAuditEntries(fixture.db, { projectId, limit: 2 });
    expect(items.map(({ action }) => action)).toEqual(["rollout.resumed", "rollout.paused"]);
  });

  it("goes back to where it came from, and what was paused is no longer", async () => {
    await rolling("aborted");
    await call("POST", "aborted/rollout/pause");
    expect((await call("POST", "aborted/rollout/abort", undefined, { "if-match": '"2"' })).status).toBe(412);
    expect((await call("POST", "aborted/rollout/abort", undefined, { "if-match": '"3"' })).status).toBe(200);
    expect(await storedOf("aborted")).toMatchObject({ targetRevision: 1, generation: 4, rolloutPausedAtMs: null });
    expect(await newestEvent("aborted")).toMatchObject({
      reason: "RolloutAborted",
      message: "The rollout to revision 2 was aborted by local: back to revision 1",
    });
    expect((await problemOf(call("POST", "aborted/rollout/abort"))).code).toBe("rollout/conflict");
  });

  it("refuses to steer what is over, what never was, and a first revision that has nowhere to go", async () => {
    await rolling("over", { endedAtMs: 5_000, phase: "completed" });
    const over = await problemOf(call("POST", "over/rollout/pause"));
    expect([over.status, over.detail]).toEqual([409, expect.stringContaining("to revision 2, is completed")]);
    await deployModel(fixture, "fresh");
    expect(await problemOf(call("GET", "fresh/rollout"))).toMatchObject({ status: 404, code: "rollout/not_found" });
    await rolling("first", { fromRevision: null });
    expect((await problemOf(call("POST", "first/rollout/abort"))).detail).toContain("nothing to go back to");
    expect((await problemOf(call("POST", "nobody/rollout/pause"))).code).toBe("application/not_found");
  });

  it("a deploy and a rollback end a pause", async () => {
    const spec = await rolling("ends-pause");
    await call("POST", "ends-pause/rollout/pause");
    await fixture.api.putApplication(fixture.admin, {
      name: "ends-pause",
      spec: { ...spec.next, route_prefix: "/ep" },
    });
    expect((await storedOf("ends-pause")).rolloutPausedAtMs).toBeNull();
    await rolling("ends-pause-2");
    await call("POST", "ends-pause-2/rollout/pause");
    await fixture.api.rollbackApplication(fixture.admin, { name: "ends-pause-2", revision: 1 });
    expect((await storedOf("ends-pause-2")).rolloutPausedAtMs).toBeNull();
  });
});

describe("scaling by hand", () => {
  const scale = (name: string, target_num_replicas: unknown, headers: Record<string, string> = {}) =>
    call("POST", `${name}/deployments/Digits/scale`, { target_num_replicas }, headers);
  const manualOf = async (name: string) =>
    (await fixture.api.getApplication(fixture.admin, { name })).deployments_detail[0]?.manual_num_replicas;

  it("sets the number with a new generation, once, and gives it back with null", async () => {
    await deployModel(fixture, "scaled", { num_replicas: 2 });
    const answer = ScaleAnswer.parse(await (await scale("scaled", 5, { "if-match": '"1"' })).json());
    expect(answer).toMatchObject({ manual_num_replicas: 5, spec_num_replicas: 2, generation: 2 });
    expect((await scale("scaled", 5)).headers.get("etag")).toBe('"2"');
    expect(await manualOf("scaled")).toBe(5);
    expect(await newestEvent("scaled")).toMatchObject({
      reason: "ManuallyScaled",
      deployment: "Digits",
      message: "Digits: 2 -> 5 replicas, set by hand by local",
      numbers: { from: 2, to: 5 },
    });
    expect((await scale("scaled", 3, { "if-match": '"1"' })).status).toBe(412);
    expect((await scale("scaled", null)).status).toBe(200);
    expect((await storedOf("scaled")).manualScale).toEqual({});
  });

  it("survives deploys and rollbacks, but not a new number in the spec", async () => {
    const spec = (await deployModel(fixture, "kept", { num_replicas: 2 })) as {
      deployments: Record<string, unknown>[];
    };
    const put = (options: Readonly<Record<string, unknown>>) =>
      fixture.api.putApplication(fixture.admin, {
        name: "kept",
        spec: { ...spec, deployments: [{ ...spec.deployments[0], ...options }] },
      });
    await scale("kept", 4);
    await put({ max_ongoing_requests: 7 });
    await fixture.api.rollbackApplication(fixture.admin, { name: "kept", revision: 1 });
    expect((await storedOf("kept")).manualScale).toEqual({ Digits: 4 });
    await put({ num_replicas: 3 });
    expect((await storedOf("kept")).manualScale).toEqual({});
  });

  it("is refused with the bounds where the autoscaler owns the number", async () => {
    await deployModel(fixture, "auto", { autoscaling_config: { min_replicas: 1, max_replicas: 6 } });
    const refused = await problemOf(scale("auto", 3));
    expect([refused.status, refused.code]).toEqual([409, "application/autoscaled"]);
    expect(refused.detail).toMatch(/`Digits` in `auto` \(1 to 6\)/);
  });

  it("names the deployments there are, and what is wrong with a number", async () => {
    await deployModel(fixture, "named");
    const missing = await problemOf(call("POST", "named/deployments/Nope/scale", { target_num_replicas: 1 }));
    expect([missing.status, missing.code]).toEqual([404, "deployment/not_found"]);
    expect(missing.detail).toContain("It has `Digits`.");
    const none = await problemOf(scale("named", 0));
    expect(none.errors?.[0]?.detail).toContain("with 0 replicas every request would wait");
    expect(none.errors?.[0]?.detail).toContain("autoscaling_config: {min_replicas: 0");
    for (const wrong of [0, -1, 1001, 1.5, "2", undefined]) {
      const problem = await problemOf(scale("named", wrong));
      expect([problem.status, problem.errors?.[0]?.pointer]).toEqual([422, "#/target_num_replicas"]);
    }
  });
});

describe("GET /applications/{name}/autoscaling", () => {
  const decision = {
    target: 4,
    before: 2,
    running: 2,
    measured: { total: 8, queued: 3, sent: 5 },
    aggregated: 7.6,
    window: "the last second",
    targetOngoingRequests: 2,
    desiredRaw: 3.8,
    afterFactor: 4,
    bounds: { min: 1, max: 6, source: "config" },
    clampedBy: null,
    delay: null,
    path: "scaled",
    reason: "7.6 requests need 4 replicas.",
    wakeAtMs: null,
  };

  it("answers the last decisions with their time while no controller leads", async () => {
    await deployModel(fixture, "asleep", { autoscaling_config: { min_replicas: 1, max_replicas: 6 } });
    const { id } = await storedOf("asleep");
    const [pool] = await listPools(fixture.db, { applicationId: id });
    const status = { poolId: pool?.id ?? "", applicationId: id, projectId, target: 4, changedAtMs: 7_000 };
    await saveAutoscalerStatus(fixture.db, { ...status, decision });
    const view = AutoscalingView.parse(await (await call("GET", "asleep/autoscaling")).json());
    expect(view).toMatchObject({
      available: false,
      evaluations: [{ application: "asleep", deployment: "Digits", revision: 1, atMs: 7_000, decision: { target: 4 } }],
    });
    await saveAutoscalerStatus(fixture.db, { ...status, decision: { of: "another version" } });
    expect(AutoscalingView.parse(await (await call("GET", "asleep/autoscaling")).json()).evaluations).toEqual([]);
    expect((await problemOf(call("GET", "nobody/autoscaling"))).code).toBe("application/not_found");
  });
});

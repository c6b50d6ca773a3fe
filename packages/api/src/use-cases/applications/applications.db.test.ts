import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  deleteApplication as removeStored,
  getApplication as getStored,
  listAuditEntries,
  listPools,
  saveApplicationStatus,
  saveBundleDescription,
  describeKey,
  defaultProjectId,
  upsertNode,
} from "@sluice/db";
import type { SluiceError } from "@sluice/contracts";
import { codeDescription, modelDescription, startApi } from "../../../test/api-fixture.ts";
import type { ApiFixture } from "../../../test/api-fixture.ts";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApi();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const errorOf = async (work: Promise<unknown>): Promise<SluiceError> => {
  try {
    await work;
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error("It was expected to be refused.");
};

/** A model application whose bundle is described already, so that a PUT is complete at once. */
async function describedModel(name: string, routePrefix = `/${name}`) {
  const bundle = await fixture.storeBundle("file");
  const request = { runtime: "onnx", bundle: bundle.sha256, importPath: "", args: {}, envVars: {} } as const;
  await saveBundleDescription(fixture.db, {
    key: describeKey(request),
    projectId: defaultProjectId,
    request,
    result: { ok: true, description: modelDescription },
  });
  return { name, route_prefix: routePrefix, deployments: [{ name: "Digits", model: `bundle:${bundle.sha256}` }] };
}

const put = (name: string, spec: unknown, more: { ifGeneration?: number; message?: string } = {}) =>
  fixture.api.putApplication(fixture.admin, { name, spec, ...more });

describe("a split that a deploy ends", () => {
  it("is named with its weights by the plan and by the PUT, and is not there any more afterwards", async () => {
    const spec = await describedModel("ends-split");
    await put("ends-split", spec);
    const next = (num_replicas: number) => ({ ...spec, deployments: [{ ...spec.deployments[0], num_replicas }] });
    await put("ends-split", next(2));
    const variants = [
      { revision: 1, weight: 80 },
      { revision: 2, weight: 20 },
    ];
    await fixture.api.putTraffic(fixture.admin, { name: "ends-split", traffic: { variants } });
    const plan = await fixture.api.planApplication(fixture.admin, { name: "ends-split", spec: next(3) });
    expect(plan.ends_split).toMatchObject(variants);
    expect(plan.warnings.join()).toContain("revision 1: 80 %, revision 2: 20 %");
    const unchanged = await fixture.api.planApplication(fixture.admin, { name: "ends-split", spec: next(2) });
    expect([unchanged.outcome, unchanged.ends_split]).toEqual(["unchanged", []]);
    expect((await put("ends-split", next(3))).plan.ends_split).toMatchObject(variants);
    expect((await put("ends-split", next(4))).plan.ends_split).toEqual([]);
  });
});

describe("putApplication", () => {
  it("creates revision 1 at generation 1, described at once when the bundle is known", async () => {
    const spec = await describedModel("created");
    const { application, plan } = await put("created", spec, { message: "first" });
    expect(plan).toMatchObject({ outcome: "create", revision: 1, stage: "described" });
    expect(plan.deployments).toEqual([
      {
        name: "Digits",
        action: "create",
        reason: "It is new.",
        way: null,
        step_size: null,
        autoscaling: null,
        num_replicas: 1,
        manual_num_replicas: null,
        num_cpus: 0.25,
        num_gpus: 0,
      },
    ]);
    expect(application).toMatchObject({ generation: 1, target_revision: 1, status: "NOT_STARTED", deployments: 1 });
    const view = await fixture.api.getApplication(fixture.admin, { name: "created" });
    expect(view.deployments_detail[0]).toMatchObject({ name: "Digits", ingress: true, options: { runtime: "onnx" } });
  });

  it("does nothing for an unchanged spec, and says so", async () => {
    const spec = await describedModel("same");
    await put("same", spec);
    const again = await put("same", { ...spec, deployments: [...spec.deployments] });
    expect(again.plan).toMatchObject({ outcome: "unchanged", revision: 1 });
    expect(again.application?.generation).toBe(1);
    const revisions = await fixture.api.listRevisions(fixture.admin, { name: "same", limit: 10 });
    expect(revisions.items).toHaveLength(1);
  });

  it("tries an unchanged spec again after its generation failed", async () => {
    const spec = await describedModel("failed");
    const { application } = await put("failed", spec);
    await saveApplicationStatus(fixture.db, {
      applicationId: application?.id ?? "",
      projectId: defaultProjectId,
      state: "DEPLOY_FAILED",
      message: "it broke",
      observedGeneration: 1,
      failedGeneration: 1,
      failedReason: "it broke",
      servingRevisions: [],
    });
    // A number set by hand in between is not another try, and does not make the spec a good one.
    const scale = { application: "failed", deployment: "Digits", targetNumReplicas: 2 };
    await fixture.api.scaleDeployment(fixture.admin, scale);
    expect((await put("failed", spec)).plan).toMatchObject({ outcome: "update", revision: 2 });
  });

  it("plans with the number set by hand while a deploy leaves it in force", async () => {
    const spec = await describedModel("by-hand");
    await put("by-hand", spec);
    const scale = { application: "by-hand", deployment: "Digits", targetNumReplicas: 3 };
    await fixture.api.scaleDeployment(fixture.admin, scale);
    const other = { ...spec, deployments: [{ ...spec.deployments[0], ray_actor_options: { num_cpus: 0.1 } }] };
    const { plan } = await put("by-hand", other);
    expect(plan.deployments[0]).toMatchObject({ num_replicas: 3, manual_num_replicas: 3 });
    expect(plan.deployments[0]?.reason).toContain("3 replicas, set by hand; the spec says 1.");
    const fixed = await put("by-hand", {
      ...spec,
      deployments: [{ ...spec.deployments[0], num_replicas: 2, ray_actor_options: { num_cpus: 0.1 } }],
    });
    expect(fixed.plan.deployments[0]).toMatchObject({
      num_replicas: 2,
      manual_num_replicas: null,
      reason: "The spec's new number ends the 3 set by hand: from 3 to 2.",
    });
  });

  it("shares the pool between revisions whose replicas are equal, and plans to keep it", async () => {
    const spec = await describedModel("shared");
    await put("shared", spec);
    const more = { ...spec, deployments: [{ ...spec.deployments[0], num_replicas: 3 }] };
    const { plan, application } = await put("shared", more);
    expect(plan.deployments[0]).toMatchObject({ action: "keep", reason: "num_replicas goes from 1 to 3." });
    expect(plan.changes).toEqual([{ pointer: "#/deployments/0/num_replicas", before: null, after: 3 }]);
    const pools = (applicationId: string) => listPools(fixture.db, { applicationId });
    expect(await pools(application?.id ?? "")).toHaveLength(1);
    const other = { ...spec, deployments: [{ ...spec.deployments[0], ray_actor_options: { num_cpus: 0.1 } }] };
    const restarted = await put("shared", other);
    expect(restarted.plan.deployments[0]).toMatchObject({ action: "restart" });
    expect(restarted.plan.deployments[0]?.reason).toContain("ray_actor_options");
    expect(await pools(application?.id ?? "")).toHaveLength(2);
  });

  it("waits for the controller to describe a bundle nobody knows, and is complete when it does", async () => {
    const bundle = await fixture.storeBundle("zip");
    const spec = {
      route_prefix: "/waits",
      import_path: "app:app",
      runtime_env: { working_dir: `bundle:${bundle.sha256}` },
    };
    const answering = put("waits", spec);
    await expect.poll(() => fixture.completeAll(codeDescription), { timeout: 5000 }).toBe(1);
    const { plan, application } = await answering;
    expect(plan).toMatchObject({ outcome: "create", stage: "described" });
    expect(plan.deployments.map((one) => [one.name, one.action, one.num_replicas])).toEqual([
      ["Api", "create", 1],
      ["Model", "create", 2],
    ]);
    expect(application?.deployments).toBe(2);
  });

  it("refuses what the described code cannot take, at its field", async () => {
    const spec = await describedModel("misfit");
    const wrong = { ...spec, deployments: [{ ...spec.deployments[0], user_config: { a: 1 } }] };
    const error = await errorOf(put("misfit", wrong));
    expect([error.status, error.issues.map((issue) => issue.pointer)]).toEqual([422, ["#/deployments/0/user_config"]]);
  });

  it("refuses an unknown bundle where it is named", async () => {
    const working_dir = `bundle:${"0".repeat(64)}`;
    const code = await errorOf(put("nobundle", { import_path: "a:b", runtime_env: { working_dir } }));
    expect(code.issues[0]?.pointer).toBe("#/runtime_env/working_dir");
    const model = await errorOf(put("nobundle", { deployments: [{ name: "M", model: working_dir }] }));
    expect(model.issues[0]?.pointer).toBe("#/deployments/0/model");
  });

  it("refuses a route prefix that belongs to another application, with an example that is free", async () => {
    await put("owner", await describedModel("owner"));
    const error = await errorOf(put("late", await describedModel("late", "/owner")));
    expect(error.status).toBe(422);
    expect(error.issues).toEqual([
      {
        pointer: "#/route_prefix",
        detail: "/owner already belongs to application owner. Choose another prefix, for example /late.",
      },
    ]);
  });

  it("refuses another generation than the one named, also for one that does not exist", async () => {
    const spec = await describedModel("etag");
    expect((await errorOf(put("etag", spec, { ifGeneration: 3 }))).status).toBe(412);
    await put("etag", spec, { ifGeneration: 0 });
    expect((await errorOf(put("etag", spec, { ifGeneration: 0 }))).status).toBe(412);
    expect((await put("etag", spec, { ifGeneration: 1 })).plan.outcome).toBe("unchanged");
  });

  it("lets two callers create the same name at once: one revision each, or one and a no-op", async () => {
    const spec = await describedModel("race");
    const answers = await Promise.all([put("race", spec), put("race", spec), put("race", spec)]);
    expect(answers.map((answer) => answer.plan.outcome).sort()).toEqual(["create", "unchanged", "unchanged"]);
  });

  it("writes who did what in the transaction of the change, and nothing when it is refused", async () => {
    const before = await listAuditEntries(fixture.db, { projectId: defaultProjectId });
    await errorOf(put("audit", { import_path: "a:b" }));
    await put("audit", await describedModel("audit"));
    const after = await listAuditEntries(fixture.db, { projectId: defaultProjectId });
    const fresh = after.items.filter((entry) => !before.items.some((old) => old.id === entry.id));
    expect(fresh).toHaveLength(1);
    expect(fresh[0]).toMatchObject({
      action: "application.put",
      principal: "local",
      objectName: "audit",
      before: null,
    });
  });

  it("refuses a principal that may only read, before anything is looked at", async () => {
    const viewer = { kind: "api_key", name: "key ci", role: "viewer" } as const;
    const spec = await describedModel("viewer");
    const error = await errorOf(fixture.api.putApplication(viewer, { name: "viewer", spec }));
    expect(error.code).toBe("auth/forbidden");
    expect(await getStored(fixture.db, { projectId: defaultProjectId, name: "viewer" })).toBe(null);
  });
});

describe("planApplication", () => {
  it("says where replicas would go and why a node refuses, and writes nothing", async () => {
    await upsertNode(fixture.db, {
      projectId: defaultProjectId,
      facts: {
        nodeId: "n1",
        name: "small",
        hostname: "h",
        dataAddress: "local",
        cpus: 0.5,
        memoryBytes: 1e9,
        gpus: [],
        custom: {},
        labels: {},
        agentVersion: "1",
        platform: "linux",
      },
    });
    const spec = await describedModel("planned");
    const wanted = { ...spec, deployments: [{ ...spec.deployments[0], num_replicas: 3 }] };
    const plan = await fixture.api.planApplication(fixture.admin, { name: "planned", spec: wanted });
    expect(plan).toMatchObject({ outcome: "create", revision: 1, stage: "described" });
    expect(plan.nodes).toMatchObject([{ name: "small", takes: 2, cpus_total: 0.5, cpus_used: 0, cpus_added: 0.5 }]);
    expect(plan.unplaced[0]?.reason).toMatch(/^1 of 3 new replicas would wait: needs 0.25 CPU/);
    expect(plan.warnings[0]).toContain("Digits");
    expect(plan.coded_warnings.map(({ code }) => code)).toEqual(["no_room"]);
    expect(await getStored(fixture.db, { projectId: defaultProjectId, name: "planned" })).toBe(null);
  });

  it("asks a node when the bundle is unknown, and shows a failure as the stage", async () => {
    const bundle = await fixture.storeBundle("zip");
    const spec = {
      import_path: "app:nope",
      runtime_env: { working_dir: `bundle:${bundle.sha256}` },
      route_prefix: "/ask",
    };
    fixture.describe = async () => ({ result: { ok: false, message: "app.ts exports no `nope`." }, reason: "" });
    const failed = await fixture.api.planApplication(fixture.admin, { name: "ask", spec });
    expect(failed).toMatchObject({ stage: "describe_failed", stage_message: "app.ts exports no `nope`." });
    fixture.describe = async () => ({ result: { ok: true, description: codeDescription }, reason: "" });
    const known = await fixture.api.planApplication(fixture.admin, { name: "ask", spec });
    expect(known.deployments.map((one) => one.name)).toEqual(["Api", "Model"]);
    fixture.describe = async () => ({ result: null, reason: "No node is ready." });
    const unknown = await fixture.api.planApplication(fixture.admin, { name: "ask", spec });
    expect(unknown).toMatchObject({ stage: "describing", stage_message: "No node is ready.", deployments: [] });
  });
});

describe("rollback, delete, revisions", () => {
  it("points back at an earlier revision without a new number, and gives its route back", async () => {
    const spec = await describedModel("back");
    await put("back", spec);
    await put("back", { ...spec, route_prefix: "/back2" });
    const rolled = await fixture.api.rollbackApplication(fixture.admin, { name: "back", revision: 1 });
    expect(rolled).toMatchObject({ target_revision: 1, generation: 3, route_prefix: "/back" });
    const next = await fixture.api.planApplication(fixture.admin, {
      name: "back",
      spec: { ...spec, route_prefix: "/x" },
    });
    expect(next.revision).toBe(3);
    const { changes } = await fixture.api.diffRevisions(fixture.admin, { name: "back", from: 1, to: 2 });
    expect(changes).toEqual([{ pointer: "#/route_prefix", before: "/back", after: "/back2" }]);
    const missing = await errorOf(fixture.api.rollbackApplication(fixture.admin, { name: "back", revision: 9 }));
    expect(missing.code).toBe("revision/not_found");
  });

  it("tells in the events of the application and of the cluster who rolled back and why, once", async () => {
    const { api, admin } = fixture;
    const name = "history";
    const spec = await describedModel(name);
    await put(name, spec);
    await put(name, { ...spec, route_prefix: "/history2" });
    const rollback = (revision: number, message?: string) =>
      api.rollbackApplication(admin, { name, revision, ...(message === undefined ? {} : { message }) });
    await rollback(1, " too slow ");
    await rollback(1, "asked twice");
    await rollback(2);
    await errorOf(rollback(9, "no such revision"));
    const own = (await api.listEvents(admin, { application: name, limit: 50 })).items;
    expect(own.map(({ message, revision }) => ({ message, revision }))).toEqual([
      { message: "Rolled back to revision 2 by local.", revision: 2 },
      { message: "Rolled back to revision 1 by local: too slow", revision: 1 },
    ]);
    expect(own[1]).toMatchObject({
      reason: "RolledBack",
      severity: "info",
      application: name,
      numbers: { from_revision: 2 },
    });
    const all = (await api.listEvents(admin, { limit: 50 })).items;
    expect(all).toEqual(expect.arrayContaining(own));
  });

  it("marks a deletion once and takes no change until it is gone", async () => {
    const spec = await describedModel("gone");
    await put("gone", spec);
    const first = await fixture.api.deleteApplication(fixture.admin, { name: "gone" });
    const second = await fixture.api.deleteApplication(fixture.admin, { name: "gone" });
    expect([first.status, first.generation, second.generation]).toEqual(["DELETING", 2, 2]);
    expect((await errorOf(put("gone", spec))).status).toBe(409);
    await removeStored(fixture.db, first.id);
    expect((await put("gone", spec)).plan.outcome).toBe("create");
  });

  it("answers 404 for an application that does not exist", async () => {
    const { api, admin } = fixture;
    const input = { name: "absent" };
    const calls = [
      () => api.getApplication(admin, input),
      () => api.deleteApplication(admin, input),
      () => api.getTraffic(admin, input),
    ];
    for (const call of calls) {
      expect((await errorOf(call())).code).toBe("application/not_found");
    }
  });
});

describe("validateSpec", () => {
  it("answers issues instead of failing, the taken route among them", async () => {
    await put("valid", await describedModel("valid"));
    const { issues } = await fixture.api.validateSpec(fixture.admin, {
      spec: { name: "new", route_prefix: "/valid", deployments: [{ name: "M", num_replicas: 0 }] },
    });
    expect(issues.map((issue) => issue.pointer).sort()).toEqual(["#/deployments/0/num_replicas", "#/route_prefix"]);
    const fine = await fixture.api.validateSpec(fixture.admin, { spec: await describedModel("fine") });
    expect(fine.issues).toEqual([]);
  });
});

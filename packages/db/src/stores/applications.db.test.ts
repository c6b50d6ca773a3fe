import { expect, it } from "vitest";
import { makeApplication, openTestDatabase, specOf } from "../../test/fixtures.ts";
import {
  appendRevision,
  changeApplication,
  createApplication,
  defaultProjectId,
  deleteApplication,
  getApplication,
  getRevision,
  listApplications,
  listRevisions,
  listRevisionsInStage,
  lockApplication,
  markApplicationDeleting,
  saveRevisionStatus,
} from "../index.ts";
import type { Application, Database } from "../index.ts";

const projectId = defaultProjectId;
const described = { stage: "described", message: "", description: null } as const;

it("lets one of two racing creations of a name win and tells the other who owns it", async () => {
  await using test = await openTestDatabase();
  const results = await Promise.allSettled([
    makeApplication(test.db, "digits", "/a"),
    makeApplication(test.db, "digits", "/b"),
  ]);
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find((result) => result.status === "rejected")?.reason).toMatchObject({
    code: "application/conflict",
    publicMessage: "There is already an application `digits`.",
  });
});

it("lets one of many racing claims of a route prefix win, whether by creation or by change", async () => {
  await using test = await openTestDatabase();
  const movers = await Promise.all(["m1", "m2", "m3"].map((name) => makeApplication(test.db, name)));
  const results = await Promise.allSettled([
    ...["c1", "c2", "c3"].map((name) => makeApplication(test.db, name, "/wanted")),
    ...movers.map((mover) => test.db.transaction((tx) => changeApplication(tx, mover, { routePrefix: "/wanted" }))),
  ]);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  const { items } = await listApplications(test.db, { projectId });
  const owner = items.filter((application) => application.routePrefix === "/wanted");
  expect(owner).toHaveLength(1);
  for (const result of results) {
    if (result.status === "rejected") {
      expect(result.reason).toMatchObject({
        code: "application/conflict",
        publicMessage: `The route prefix \`/wanted\` belongs to application \`${owner[0]?.name}\`. Choose another prefix.`,
      });
    }
  }
});

it("allows any number of applications without a route", async () => {
  await using test = await openTestDatabase();
  await makeApplication(test.db, "a", null);
  await expect(makeApplication(test.db, "b", null)).resolves.toMatchObject({ routePrefix: null });
});

it("raises the generation by one with each change and refuses a change from an older reading", async () => {
  await using test = await openTestDatabase();
  const first = await makeApplication(test.db, "digits");
  const second = await test.db.transaction((tx) => changeApplication(tx, first, { targetRevision: 1 }));
  expect(second).toMatchObject({ generation: 1, targetRevision: 1 });
  await expect(test.db.transaction((tx) => changeApplication(tx, first, { targetRevision: 2 }))).rejects.toMatchObject({
    code: "request/precondition_failed",
    publicMessage: "Application `digits` changed meanwhile: it is at generation 1, not 0.",
  });
  await expect(lock(test.db, second, 0)).rejects.toMatchObject({ code: "request/precondition_failed" });
  await expect(lock(test.db, second, 1)).resolves.toMatchObject({ generation: 1 });
});

it("tells a change of what shall serve from a number set by hand and a pause", async () => {
  await using test = await openTestDatabase();
  let application = await makeApplication(test.db, "digits");
  const after = async (change: Parameters<typeof changeApplication>[2]): Promise<readonly number[]> => {
    application = await test.db.transaction((tx) => changeApplication(tx, application, change));
    return [application.generation, application.updateGeneration];
  };
  expect(await after({ targetRevision: 1, manualScale: {}, rolloutPausedAt: null })).toEqual([1, 1]);
  expect(await after({ manualScale: { model: 3 } })).toEqual([2, 1]);
  expect(await after({ rolloutPausedAt: new Date() })).toEqual([3, 1]);
  expect(await after({ rolloutPausedAt: null })).toEqual([4, 4]);
  expect(await after({})).toEqual([5, 5]);
});

it("does not lose one of several concurrent changes made under the lock", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  await Promise.all(
    Array.from({ length: 5 }, () =>
      test.db.transaction(async (tx) => {
        const locked = await lockApplication(tx, application);
        if (locked === null) throw new Error("it is there");
        const revision = await appendRevision(tx, locked, {
          spec: specOf("digits"),
          specHash: "h",
          message: "",
          createdBy: "test",
          status: described,
        });
        await changeApplication(tx, locked, { targetRevision: revision.number });
      }),
    ),
  );
  await expect(getApplication(test.db, application)).resolves.toMatchObject({ generation: 5, targetRevision: 5 });
  const { items } = await listRevisions(test.db, { applicationId: application.id });
  expect(items.map((revision) => revision.number)).toEqual([5, 4, 3, 2, 1]);
});

it("numbers revisions without gaps even when callers append without a lock of their own", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const numbers = await Promise.all(Array.from({ length: 8 }, () => append(test.db, application)));
  expect(numbers.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it("pages through lists without losing or repeating an item", async () => {
  await using test = await openTestDatabase();
  for (const name of ["a", "b", "c", "d", "e"]) await makeApplication(test.db, name);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listApplications(test.db, { projectId, limit: 2, cursor });
    seen.push(...page.items.map((item) => item.name));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(["a", "b", "c", "d", "e"]);
});

it("refuses a cursor that no list gave out", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  await expect(listRevisions(test.db, { applicationId: application.id, cursor: "nonsense" })).rejects.toMatchObject({
    code: "request/invalid",
  });
});

it("keeps name and route taken while an application is being deleted, and frees both when it is gone", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const deleting = await test.db.transaction((tx) => markApplicationDeleting(tx, application));
  expect(deleting).toMatchObject({ generation: 1 });
  expect(deleting.deletingAtMs).not.toBeNull();
  await expect(makeApplication(test.db, "digits")).rejects.toMatchObject({
    publicMessage: "There is already an application `digits`, which is being deleted.",
  });
  await expect(makeApplication(test.db, "other", "/digits")).rejects.toMatchObject({ code: "application/conflict" });
  await deleteApplication(test.db, application.id);
  await expect(makeApplication(test.db, "digits")).resolves.toMatchObject({ generation: 0 });
});

it("keeps a revision as it was written and its status beside it", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const spec = { ...specOf("digits"), args: { text: "a \0 b", half: "\ud800", fine: "Grüße 👋" } };
  const revision = await test.db.transaction((tx) =>
    appendRevision(tx, application, {
      spec,
      specHash: "h1",
      message: "first",
      createdBy: "local admin",
      status: { ...described, stage: "describing" },
    }),
  );
  expect(await listRevisionsInStage(test.db, "describing")).toMatchObject([{ id: revision.id }]);
  await saveRevisionStatus(test.db, revision.id, {
    stage: "describe_failed",
    message: "no `app` in app.ts",
    description: null,
  });
  await expect(getRevision(test.db, application.id, 1)).resolves.toMatchObject({
    spec: { ...spec, args: { text: "a \uFFFD b", half: "\uFFFD", fine: "Grüße 👋" } },
    message: "first",
    stage: "describe_failed",
    stageMessage: "no `app` in app.ts",
  });
  expect(await listRevisionsInStage(test.db, "describing")).toEqual([]);
});

it("rolls everything back when the work of a transaction fails", async () => {
  await using test = await openTestDatabase();
  const work = test.db.transaction(async (tx) => {
    await createApplication(tx, { projectId, name: "digits", routePrefix: null });
    throw new Error("changed my mind");
  });
  await expect(work).rejects.toThrow("changed my mind");
  await expect(getApplication(test.db, { projectId, name: "digits" })).resolves.toBeNull();
});

async function append(db: Database, application: Application): Promise<number> {
  const revision = await db.transaction((tx) =>
    appendRevision(tx, application, {
      spec: specOf("digits"),
      specHash: "h",
      message: "",
      createdBy: "test",
      status: described,
    }),
  );
  return revision.number;
}

async function lock(db: Database, application: Application, generation: number): Promise<Application | null> {
  return await db.transaction((tx) => lockApplication(tx, application, generation));
}

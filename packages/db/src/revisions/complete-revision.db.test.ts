import type { ApplicationSpec, DeploymentSpec, DescribeResult } from "@sluice/contracts";
import { expect, it } from "vitest";
import { makeApplication, openTestDatabase, specOf } from "../../test/fixtures.ts";
import {
  appendRevision,
  completeRevision,
  deleteApplication,
  getRevision,
  listPools,
  listRevisionDeployments,
} from "../index.ts";
import type { Application, Database, Revision } from "../index.ts";

const bundle = `bundle:${"a".repeat(64)}`;
const described: DescribeResult = {
  ok: true,
  description: {
    ingress: "api",
    deployments: [{ options: { name: "api" }, outbound: [], methods: ["fetch"], hooks: ["reconfigure"] }],
  },
};

it("shares the pool when only replica counts differ, and makes another for new code or a light option", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  const changes: readonly DeploymentSpec[] = [
    { name: "api" },
    { name: "api", num_replicas: 3 },
    { name: "api", max_ongoing_requests: 7 },
    { name: "api", ray_actor_options: { num_cpus: 0.5 } },
  ];
  for (const change of changes) await complete(test.db, application, specWith(change), described);
  const tied = await listRevisionDeployments(test.db, { applicationId: application.id });
  const [first, counts, light, code] = tied;
  expect(tied.map((entry) => entry.revision)).toEqual([1, 2, 3, 4]);
  expect(counts).toMatchObject({ poolId: first?.poolId, ingress: true, resolved: { num_replicas: 3 } });
  expect(light).toMatchObject({ version: first?.version });
  expect(code?.version).not.toBe(first?.version);
  expect(new Set(tied.map((entry) => entry.poolId)).size).toBe(3);
});

it("changes nothing when a revision is finished twice, even at the same time", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  await complete(test.db, application, specWith({ name: "api" }), described);
  const revision = await append(test.db, application, specWith({ name: "api" }));
  await Promise.all([1, 2, 3, 4].map(() => test.db.transaction((tx) => completeRevision(tx, revision, described))));
  expect(await listPools(test.db, { applicationId: application.id })).toHaveLength(1);
  expect(await listRevisionDeployments(test.db, { applicationId: application.id, revisions: [2] })).toHaveLength(1);
  expect(await getRevision(test.db, application.id, 2)).toMatchObject({
    stage: "described",
    description: { ingress: "api" },
  });
});

it("can be listed while the application is being removed: its deployments are there or gone, never half read", async () => {
  await using test = await openTestDatabase();
  for (let turn = 0; turn < 20; turn += 1) {
    const application = await makeApplication(test.db, `digits-${String(turn)}`);
    await complete(test.db, application, specWith({ name: "api" }), described);
    const lists = Array.from({ length: 6 }, () => listRevisionDeployments(test.db));
    const [, ...seen] = await Promise.all([deleteApplication(test.db, application.id), ...lists]);
    for (const list of seen) expect(list.length).toBeLessThanOrEqual(1);
  }
});

it("keeps why a revision cannot run: the message of the description, or the field that does not fit it", async () => {
  await using test = await openTestDatabase();
  const application = await makeApplication(test.db, "digits");
  await complete(test.db, application, specWith({ name: "api" }), { ok: false, message: "app.ts exports no `app`" });
  await complete(test.db, application, specWith({ name: "typo" }), described);
  expect(await getRevision(test.db, application.id, 1)).toMatchObject({
    stage: "describe_failed",
    stageMessage: "app.ts exports no `app`",
  });
  const second = await getRevision(test.db, application.id, 2);
  expect(second).toMatchObject({ stage: "describe_failed", description: null });
  expect(second?.stageMessage).toContain("#/deployments/0/name: The application has no deployment `typo`.");
  expect(await listPools(test.db)).toEqual([]);
});

function specWith(deployment: DeploymentSpec): ApplicationSpec {
  return {
    ...specOf("digits"),
    import_path: "app:app",
    runtime_env: { working_dir: bundle },
    deployments: [deployment],
  };
}

async function complete(
  db: Database,
  application: Application,
  spec: ApplicationSpec,
  result: DescribeResult,
): Promise<void> {
  const revision = await append(db, application, spec);
  await db.transaction((tx) => completeRevision(tx, revision, result));
}

async function append(db: Database, application: Application, spec: ApplicationSpec): Promise<Revision> {
  const status = { stage: "describing", message: "", description: null } as const;
  return await db.transaction((tx) =>
    appendRevision(tx, application, { spec, specHash: "h", message: "", createdBy: "test", status }),
  );
}

/** An application that is one program: known without a node, planned in the words of its spec. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SluiceError } from "@sluice/contracts";
import { startApi } from "../../../test/api-fixture.ts";
import type { ApiFixture } from "../../../test/api-fixture.ts";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApi();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const put = (name: string, spec: unknown) => fixture.api.putApplication(fixture.admin, { name, spec });
const program = (name: string, given: object = {}) => ({
  name,
  route_prefix: `/${name}`,
  deployments: [{ name: "server", runtime: "process", process: { command: ["./serve", "{port}"], ...given } }],
});

it("is described at once, without a bundle and without a node", async () => {
  const { plan, application } = await put("bare", program("bare"));
  expect(plan).toMatchObject({ outcome: "create", stage: "described" });
  expect(plan.deployments[0]?.reason).toBe("It is new. Each replica runs `./serve {port}`.");
  expect(application).toMatchObject({ deployments: 1 });
  expect(fixture.described).toEqual([]);
  const view = await fixture.api.getApplication(fixture.admin, { name: "bare" });
  expect(view.deployments_detail[0]?.options).toMatchObject({
    runtime: "process",
    process: { command: ["./serve", "{port}"], env: {}, health_path: "/health", startup_timeout_s: 120 },
  });
});

it("takes a zip as its files, refuses one model file, and says which bundle is missing", async () => {
  const zip = await fixture.storeBundle("zip", ["server.py"]);
  const file = await fixture.storeBundle("file");
  const withFiles = (name: string, sha256: string) => ({
    ...program(name),
    runtime_env: { working_dir: `bundle:${sha256}` },
  });
  expect((await put("files", withFiles("files", zip.sha256))).plan.stage).toBe("described");
  for (const sha256 of [file.sha256, "f".repeat(64)]) {
    const refused = await put("refused", withFiles("refused", sha256)).then(
      () => undefined,
      (error: SluiceError) => error.issues.map((issue) => issue.pointer),
    );
    expect(refused).toEqual(["#/runtime_env/working_dir"]);
  }
});

it("gets new replicas for another command, and none for another number of them", async () => {
  await put("changing", program("changing"));
  const other = await put("changing", program("changing", { env: { MODEL: "large" } }));
  expect(other.plan.deployments[0]).toMatchObject({
    action: "restart",
    reason: expect.stringMatching(
      /^Changed: process\. Each replica runs `\.\/serve \{port\}`\. There is no room for it/,
    ) as string,
  });
  const spec = program("changing", { env: { MODEL: "large" } });
  const more = await put("changing", { ...spec, deployments: [{ ...spec.deployments[0], num_replicas: 2 }] });
  expect(more.plan.deployments[0]?.action).toBe("keep");
});

/** What is done to rollouts, numbers of replicas and nodes by click, and what the pages say of it. */
import { expect, test } from "@playwright/test";
import type { APIRequestContext, Page } from "@playwright/test";
import type { NodeView } from "@sluice/contracts";
import { buildFragile } from "./code-bundle.ts";
import { watchProblems } from "./page-problems.ts";
import {
  deleteApplications,
  deployDigits,
  nameOfRun,
  putApplication,
  readApplication,
  uploadBundle,
  waitUntilServing,
} from "./product.ts";
import { keepBothThemes } from "./screenshot.ts";

const STEADY = nameOfRun("orchestrated");
const MOVING = nameOfRun("moving");
const SCALED = nameOfRun("scaled");
const FALLING = nameOfRun("falling");

test.beforeAll(async ({ request }) => {
  test.setTimeout(180_000);
  await deployDigits(request, STEADY, "logreg", { message: "first" });
});

test.afterAll(async ({ request }) => deleteApplications(request, [STEADY, MOVING, SCALED, FALLING]));

const dialog = (page: Page) => page.getByRole("dialog");

async function onlyNode(request: APIRequestContext): Promise<NodeView> {
  const { items } = (await (await request.get("/api/v1/nodes")).json()) as { items: NodeView[] };
  const [node] = items.filter(({ state }) => state !== "gone");
  if (node === undefined) throw new Error("the product has no node");
  return node;
}

test("a number set by hand is in force without a new revision, and given back to the spec", async ({
  page,
  request,
}) => {
  const problems = watchProblems(page);
  await page.goto(`/applications/${STEADY}/deployments`);
  await page.getByRole("link", { name: "classifier" }).click();
  const control = page.getByRole("region", { name: "Replicas wanted" });
  await expect(control.getByLabel("Number of replicas")).toHaveValue("1");
  await expect(control.getByRole("button", { name: "Apply" })).toBeDisabled();
  await control.getByRole("button", { name: "One more" }).click();
  await control.getByRole("button", { name: "Apply" }).click();
  await expect(control).toContainText("by hand");
  await expect(page.getByRole("region", { name: "Replicas", exact: true })).toContainText("2 ready of 2 wanted");
  await keepBothThemes(page, "deployment-scaled-by-hand");
  await control.getByRole("button", { name: /Back to the spec's 1/ }).click();
  await expect(control).toContainText("as the spec says");
  expect((await readApplication(request, STEADY))?.target_revision).toBe(1);
  expect(problems.list).toEqual([]);
});

test("an autoscaled deployment shows its decision number by number and refuses a number by hand", async ({
  page,
  request,
}) => {
  const current = await readApplication(request, STEADY);
  const [deployment] = current?.spec.deployments ?? [];
  expect(deployment).toBeDefined();
  await putApplication(request, {
    name: SCALED,
    route_prefix: `/${SCALED}`,
    deployments: [
      {
        name: "classifier",
        runtime: "onnx",
        ...(deployment?.model === undefined ? {} : { model: deployment.model }),
        num_replicas: "auto",
        autoscaling_config: { min_replicas: 1, max_replicas: 3, target_ongoing_requests: 2 },
        ray_actor_options: { num_cpus: 0.1 },
      },
    ],
  });
  await waitUntilServing(request, SCALED, 1);
  const problems = watchProblems(page);
  await page.goto(`/applications/${SCALED}/deployments/classifier`);
  const panel = page.getByRole("region", { name: "Autoscaling" });
  await expect(panel).toContainText("1 to 3");
  await expect(panel).toContainText(/ongoing \/ target 2/);
  const control = page.getByRole("region", { name: "Replicas wanted" });
  await expect(control).toContainText("The autoscaler owns the number (1 to 3)");
  await expect(control.getByRole("button", { name: "Apply" })).toBeDisabled();
  await expect(page.getByRole("region", { name: "Scaling decisions", exact: true })).toContainText(
    "The number has not changed yet",
  );
  await keepBothThemes(page, "deployment-autoscaled");
  expect(problems.list).toEqual([]);
});

test("a rollout is paused and aborted by click; two revisions are compared field by field", async ({
  page,
  request,
}) => {
  test.setTimeout(180_000);
  await deployDigits(request, MOVING, "logreg", { message: "as it was" });
  const first = await readApplication(request, MOVING);
  // More than the machine has: the new revision waits for room while the old one serves.
  const [deployment] = first?.spec.deployments ?? [];
  await putApplication(
    request,
    {
      name: MOVING,
      route_prefix: `/${MOVING}`,
      deployments: [{ ...deployment, name: "classifier", ray_actor_options: { num_cpus: 512 } }],
    },
    "far too large",
  );
  const problems = watchProblems(page);
  await page.goto(`/applications/${MOVING}`);
  const rollout = page.getByRole("region", { name: "Rollout" });
  await expect(rollout).toContainText("0 of 1");
  await expect(rollout).toContainText(/left/);

  await page.goto(`/applications/${MOVING}/deployments/classifier`);
  await expect(page.getByRole("region", { name: "Placement" })).toContainText("needs 512 CPU");
  await keepBothThemes(page, "deployment-waits-for-room");
  await page.goto(`/applications/${MOVING}`);

  await rollout.getByRole("button", { name: "Pause…" }).click();
  await expect(dialog(page)).toContainText("No further replica of r2 is started");
  await dialog(page).getByRole("button", { name: "Pause", exact: true }).click();
  await expect(rollout).toContainText("Paused");
  await expect(rollout).toContainText("stands still");
  await keepBothThemes(page, "application-rollout-paused");

  await rollout.getByRole("link", { name: "What changed" }).click();
  await expect(page).toHaveURL(/from=1&to=2/);
  const diff = page.getByRole("region", { name: "Changes in r2" });
  await expect(diff).toContainText("num_cpus");
  await expect(diff).toContainText("512");
  await expect(diff).toContainText("far too large");
  await page.getByRole("button", { name: "Swap the two revisions" }).click();
  await expect(page).toHaveURL(/from=2&to=1/);
  await keepBothThemes(page, "revisions-compared");

  await page.goto(`/applications/${MOVING}`);
  await rollout.getByRole("button", { name: "Abort…" }).click();
  await expect(dialog(page)).toContainText("r1 becomes the target again");
  await dialog(page).getByRole("button", { name: "Abort, back to r1" }).click();
  await expect(rollout).toHaveCount(0);
  await waitUntilServing(request, MOVING, 1);
  expect(problems.list).toEqual([]);
});

test("a revision that does not start says why wherever its state stands, and the old one serves", async ({
  page,
  request,
}) => {
  const { bundle } = await uploadBundle(request, "fragile.zip", await buildFragile(), "application/zip");
  const spec = (weights: string) => ({
    name: FALLING,
    route_prefix: `/${FALLING}`,
    import_path: "app:app",
    runtime_env: { working_dir: `bundle:${bundle.sha256}`, env_vars: { WEIGHTS: weights } },
    deployments: [],
  });
  await putApplication(request, spec("here"));
  await waitUntilServing(request, FALLING, 1);
  await putApplication(request, spec("missing"));
  await expect
    .poll(async () => (await readApplication(request, FALLING))?.rollout?.phase, { timeout: 60_000 })
    .toBe("failed");
  const problems = watchProblems(page);
  const opened = page.locator("[data-radix-popper-content-wrapper]");

  await page.goto(`/applications/${FALLING}/revisions`);
  const revisions = page.getByRole("table", { name: "Revisions" });
  await expect(revisions.getByRole("row").filter({ hasText: "r1" })).toContainText("Serving");
  await revisions.getByRole("button", { name: "Did not start: why" }).click();
  await expect(opened).toContainText("the weights are not there");
  await keepBothThemes(page, "revision-did-not-start");

  await page.goto(`/applications/${FALLING}/deployments/Fragile`);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("Revision 1 is still serving");
  await page.getByRole("main").getByRole("button", { name: "Deploy failed: why" }).last().click();
  await expect(opened).toContainText("the weights are not there");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /Show \d+ ended replica/ }).click();
  await page.getByRole("table", { name: "Replicas" }).getByRole("button", { name: "Failed: why" }).first().click();
  await expect(opened).toContainText("the weights are not there");
  await keepBothThemes(page, "deployment-failed");
  expect(problems.list).toEqual([]);
});

test("a node is cordoned, labelled and taken back by click", async ({ page, request }) => {
  const node = await onlyNode(request);
  const problems = watchProblems(page);
  await page.goto("/nodes");
  await page.getByRole("table", { name: "Nodes" }).getByRole("link", { name: node.name }).click();
  await page.getByRole("button", { name: "Cordon…" }).click();
  await expect(dialog(page)).toContainText(`No new replica is placed on ${node.name}`);
  await dialog(page).getByRole("button", { name: "Cordon", exact: true }).click();
  await expect(page.getByRole("button", { name: "Cordoned: why" })).toBeVisible();
  await keepBothThemes(page, "node-cordoned");
  await page.getByRole("button", { name: "Uncordon…" }).click();
  await dialog(page).getByRole("button", { name: "Uncordon", exact: true }).click();
  await expect(page.getByRole("button", { name: "Cordon…" })).toBeVisible();

  const labels = page.getByRole("region", { name: "Labels" });
  await labels.getByRole("button", { name: "Add" }).click();
  await labels.getByLabel("Label name").fill("e2e-zone");
  await labels.getByLabel("Label value").fill("rack-2");
  await labels.getByLabel("Label value").press("Enter");
  await expect(labels).toContainText("e2e-zone = rack-2");
  await labels.getByRole("button", { name: "Remove e2e-zone" }).click();
  await expect(labels).not.toContainText("e2e-zone");
  expect(problems.list).toEqual([]);
});

test("a join token is shown once with the command that uses it, and revoked", async ({ page }) => {
  const problems = watchProblems(page);
  await page.goto("/nodes");
  await page.getByRole("button", { name: "Add a node" }).click();
  await page.getByLabel(/What it is for/).fill("a machine of this test");
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(dialog(page)).toContainText(/sluice agent --join http\S+ --token slj_\S+/);
  await dialog(page).getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row").filter({ hasText: "a machine of this test" });
  await expect(row).toContainText("Open");
  await row.getByRole("button", { name: "Revoke…" }).click();
  await dialog(page).getByRole("button", { name: "Revoke" }).click();
  await expect(row).toHaveCount(0);
  expect(problems.list).toEqual([]);
});

import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import type { ReplicaView } from "@sluice/contracts";
import { buildWorkbench } from "./code-bundle.ts";
import { watchProblems } from "./page-problems.ts";
import {
  deleteApplications,
  deployDigits,
  listApplications,
  modelFiles,
  nameOfRun,
  putApplication,
  readApplication,
  sendImages,
  uploadBundle,
  waitUntilServing,
} from "./product.ts";
import { keepBothThemes } from "./screenshot.ts";

/** An application that stands beside those of the form, and must not notice them. */
const BYSTANDER = nameOfRun("bystander");
const TYPED = nameOfRun("typed-form");
const BROKEN = nameOfRun("broken-model");
const CODE = nameOfRun("code-form");
const SPLIT = nameOfRun("split-form");

test.beforeAll(async ({ request }) => {
  test.setTimeout(120_000);
  await deployDigits(request, BYSTANDER, "logreg");
});

test.afterAll(async ({ request }) => deleteApplications(request, [BYSTANDER, TYPED, BROKEN, CODE, SPLIT]));

const deployButton = (page: Page) => page.getByRole("button", { name: /^Deploy\b/ });
const spec = (page: Page) => page.getByRole("region", { name: "Spec", exact: true });
const plan = (page: Page) => page.getByRole("region", { name: "Plan", exact: true });

async function openForm(page: Page): Promise<void> {
  await page.goto("/applications/new");
  await page.getByRole("button", { name: /^Handwritten digits Logistic/ }).click();
  await page.getByLabel("Name").fill(TYPED);
  await expect(page.getByLabel(/^Route prefix/)).toHaveValue(`/${TYPED}`);
}

test("a wrong field says so while it is typed, and Deploy says why it is off", async ({ page }) => {
  // The server's own checks of a draft answer 422 by design.
  const problems = watchProblems(page, /applications\.plan/);
  await openForm(page);
  await expect(plan(page)).toContainText(`Create application ${TYPED}, revision 1`);
  await expect(deployButton(page)).toBeEnabled();

  const route = page.getByLabel(/^Route prefix/);
  await route.fill(`/${BYSTANDER}`);
  await expect(page.getByRole("main").getByRole("alert").filter({ hasText: BYSTANDER })).toBeVisible();
  await expect(route).toHaveAttribute("aria-invalid", "true");
  await expect(deployButton(page)).toBeDisabled();
  await expect(page.getByRole("status").filter({ hasText: "1 field to mend" })).toBeVisible();

  const count = page.getByLabel(/num_replicas/);
  await count.fill("0");
  await expect(page.getByRole("main").getByRole("alert").filter({ hasText: "At least 1." })).toBeVisible();
  await expect(count).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("status").filter({ hasText: "2 fields to mend" })).toBeVisible();
  await keepBothThemes(page, "new-application-wrong-fields");
  // A press of a button that is off does nothing, neither does its key.
  await deployButton(page).click({ force: true });
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("Name")).toBeVisible();
  await count.fill("three");
  await expect(
    page
      .getByRole("main")
      .getByRole("alert")
      .filter({ hasText: /number/i }),
  ).toBeVisible();

  await route.fill(`/${TYPED}/v1`);
  await count.fill("3");
  await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
  await expect(deployButton(page)).toBeEnabled();
  await expect(route).not.toHaveAttribute("aria-invalid", "true");
  expect(problems.list).toEqual([]);
});

test("the spec and the plan follow every keystroke; the plan names nodes and why one is refused", async ({
  page,
  request,
}) => {
  const nodes = (await (await request.get("/api/v1/nodes")).json()) as { items: { name: string }[] };
  const node = nodes.items[0]?.name ?? "";
  await openForm(page);
  await page.getByLabel(/num_replicas/).fill("2");
  await page.getByLabel(/num_cpus/).fill("0.1");
  await expect(spec(page)).toContainText("num_replicas: 2");
  await expect(spec(page)).toContainText("num_cpus: 0.1");
  await expect(plan(page)).toContainText(`${node} takes 2 replicas`);

  await page.getByLabel(/num_cpus/).fill("64");
  await expect(plan(page)).toContainText(`${node} refused`);
  await expect(plan(page)).toContainText(/64 CPU|num_cpus 64|64/);
  await expect(plan(page)).toContainText("A replica of classifier finds no place");
  await keepBothThemes(page, "new-application-refused");

  await spec(page).getByText("config.yaml", { exact: true }).click();
  await expect(spec(page)).toContainText("applications:");
  await expect(spec(page)).toContainText(`route_prefix: /${TYPED}`);
});

test("what is no model at all is refused with the reason when it is dropped", async ({ page }) => {
  await page.goto("/applications/new");
  await expect(page.getByRole("button", { name: "Choose file" })).toBeEnabled();
  await dropFile(page, "notes.onnx", Buffer.from("these are notes, not a model"));
  await expect(page.getByText(/`?notes\.onnx`? is neither a zip nor an ONNX model/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Choose file" })).toBeEnabled();
  await keepBothThemes(page, "new-application-refused-file");
});

test("a broken model fails with the runtime's message, keeps the form, and touches nothing else", async ({
  page,
  request,
}) => {
  const others = (await listApplications(request)).map((one) => [one.name, one.generation]);
  const pids = await bystanderPids(page);
  const whole = await readFile(modelFiles.logreg);
  await page.goto("/applications/new");
  await expect(page.getByRole("button", { name: "Choose file" })).toBeEnabled();
  await dropFile(page, `${BROKEN}.onnx`, whole.subarray(0, whole.length - 400));

  await expect(page.getByLabel("Name")).toHaveValue(BROKEN);
  const described = page.getByRole("region", { name: `${BROKEN}.onnx` }).getByRole("alert");
  await expect(described).toContainText(/protobuf|parsing|onnx/i);
  await keepBothThemes(page, "new-application-broken-model");
  await page.getByLabel("Message").fill("typed before the failure");
  await deployButton(page).click();

  const failure = page.getByText("The deploy failed. What you typed is kept.");
  await expect(failure).toBeVisible({ timeout: 60_000 });
  const application = await readApplication(request, BROKEN);
  expect(application?.status).toBe("DEPLOY_FAILED");
  expect(application?.message).toMatch(/protobuf|parsing/i);
  await keepBothThemes(page, "deploy-failed");

  await page.getByRole("button", { name: "Back to the form" }).click();
  await expect(page.getByLabel("Name")).toHaveValue(BROKEN);
  await expect(page.getByLabel("Message")).toHaveValue("typed before the failure");

  await page.goto(`/applications/${BROKEN}`);
  await expect(page.getByText("Revision 1 could not be started.")).toBeVisible();
  await keepBothThemes(page, "application-deploy-failed");

  const now = (await listApplications(request)).filter((one) => one.name !== BROKEN);
  expect(now.map((one) => [one.name, one.generation])).toEqual(others);
  expect((await readApplication(request, BYSTANDER))?.status).toBe("RUNNING");
  expect(await bystanderPids(page)).toEqual(pids);
  expect([...(await sendImages(BYSTANDER, 20)).values()]).toEqual([20]);
});

test("the same spec again changes nothing and says so", async ({ page, request }) => {
  const before = await readApplication(request, BYSTANDER);
  expect(before).not.toBe(null);
  if (before === null) return;
  const { name, route_prefix: route, deployments } = before.spec;
  const { plan: again } = await putApplication(request, { name, route_prefix: route, deployments });
  expect(again.outcome).toBe("unchanged");
  await page.goto(`/applications/new?application=${BYSTANDER}`);
  await expect(plan(page)).toContainText("Nothing: revision 1 is the same");
  await expect(deployButton(page)).toBeDisabled();
  await expect(page.getByText("Nothing changed since revision 1")).toBeVisible();
});

test("the plan of code follows what is typed over it, and an emptied field says what holds then", async ({
  page,
  request,
}) => {
  const { bundle } = await uploadBundle(request, "workbench.zip", await buildWorkbench(), "application/zip");
  const first = await putApplication(request, {
    name: CODE,
    route_prefix: `/${CODE}`,
    import_path: "app:app",
    runtime_env: { working_dir: `bundle:${bundle.sha256}` },
    deployments: [{ name: "Workbench", num_replicas: 2 }],
  });
  await waitUntilServing(request, CODE, first.plan.revision);
  await page.goto(`/applications/new?application=${CODE}`);
  const count = page.getByLabel(/num_replicas/);
  await expect(count).toHaveValue("2");
  await count.fill("3");
  await expect(plan(page)).toContainText(/num_replicas 2 →\s*to 3/);
  await count.fill("");
  await expect(count).toHaveAttribute("placeholder", "empty = default 1");
  await expect(plan(page)).toContainText(/num_replicas 2 →\s*to default 1/);
  await expect(plan(page)).toContainText("No new replica is needed, so nothing is placed.");
  await expect(plan(page)).not.toContainText("refused");
});

test("a deploy that ends a split says so at the form, in the plan and on the button; its start has an address", async ({
  page,
  request,
}) => {
  test.setTimeout(120_000);
  await deployDigits(request, SPLIT, "logreg");
  await deployDigits(request, SPLIT, "cnn");
  const variants = [
    { revision: 1, weight: 60 },
    { revision: 2, weight: 40 },
  ];
  expect((await request.put(`/api/v1/applications/${SPLIT}/traffic`, { data: { variants } })).ok()).toBe(true);
  await page.goto(`/applications/new?application=${SPLIT}`);
  await page.getByLabel(/num_replicas/).fill("2");
  await expect(page.getByText("Deploying ends the traffic split r1 60 %, r2 40 %.")).toBeVisible();
  await expect(plan(page).getByRole("alert")).toContainText("This ends the traffic split r1 60 %, r2 40 %");
  await keepBothThemes(page, "new-revision-ends-split");
  await page.getByRole("button", { name: "Deploy, end the split" }).click();
  await expect(page).toHaveURL(new RegExp(`application=${SPLIT}&started=3$`));
  await expect(page.getByText(/Revision 3 serves/)).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(page.getByText(/Revision 3 serves/)).toBeVisible();
  await expect(page.getByRole("list", { name: "Steps" }).getByText("Watch it start")).toBeVisible();
  expect((await readApplication(request, SPLIT))?.traffic.wanted).toBe(null);
});

/** As a person drops it from a folder. */
async function dropFile(page: Page, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob("${content.toString("base64")}"), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], "${name}"));
    return transfer;
  })()`);
  await page.getByText(/^Drop an/).dispatchEvent("drop", { dataTransfer: transfer });
}

async function bystanderPids(page: Page): Promise<readonly (number | null)[]> {
  const answer = await page.request.get(`/api/v1/replicas?application=${BYSTANDER}`);
  return ((await answer.json()) as { items: ReplicaView[] }).items.map((replica) => replica.pid);
}

import { expect, test } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { buildWorkbench } from "./code-bundle.ts";
import { watchProblems } from "./page-problems.ts";
import {
  deleteApplications,
  deployDigits,
  gatewayUrl,
  listApplications,
  nameOfRun,
  putApplication,
  readApplication,
  sendImages,
  uploadBundle,
  waitUntilServing,
} from "./product.ts";
import { keepBothThemes } from "./screenshot.ts";

const NAME = nameOfRun("watched");
const DRAINED = nameOfRun("drained");
const CHARTS_DRAWN_WITHIN_MS = 6_000;

test.beforeAll(async ({ request }) => {
  test.setTimeout(180_000);
  await deployDigits(request, NAME, "logreg", { replicas: 2, message: "first" });
});

test.afterAll(async ({ request }) => deleteApplications(request, [NAME, DRAINED]));

const figure = (page: Page, label: string): Locator =>
  page
    .getByRole("region", { name: "Key figures" })
    .locator("> div")
    .filter({ hasText: new RegExp(`^${label}`) });
const chart = (page: Page, title: string): Locator => page.getByRole("region", { name: `${title} chart`, exact: true });

test("what was never measured reads no data and is a gap, not zero", async ({ page }) => {
  await page.goto(`/applications/${NAME}`);
  await expect(figure(page, "Replicas")).toContainText("2 of 2 ready");
  for (const label of ["p50", "p99", "Errors"]) {
    await expect(figure(page, label)).toContainText("no data");
    await expect(figure(page, label)).not.toContainText(/\b0\b/);
  }
  await expect(chart(page, "Latency")).toContainText("no data in this range");
  expect(await drawingIn(chart(page, "Latency"))).toBe("nothing");
  await keepBothThemes(page, "application-without-traffic");
});

test("after requests figures carry units, charts and pipeline are drawn within seconds", async ({ page }) => {
  const problems = watchProblems(page);
  await page.goto(`/applications/${NAME}`);
  await expect(figure(page, "p50")).toContainText("no data");
  await sendImages(NAME, 200);
  const sentAtMs = Date.now();
  await expect(figure(page, "Throughput")).toContainText(/[1-9][\d.]* req\/s/);
  const shownAfterMs = Date.now() - sentAtMs;
  console.log(`first figure ${shownAfterMs} ms after the last request`);
  expect(shownAfterMs).toBeLessThan(CHARTS_DRAWN_WITHIN_MS);
  await expect(figure(page, "p50")).toContainText(/[\d.]+ ms/);
  await expect(figure(page, "p99")).toContainText(/[\d.]+ ms/);
  await expect(figure(page, "Errors")).toContainText(/0 %/);
  await expect(figure(page, "Ongoing")).toContainText(/of 128/);

  // A line needs two points: two windows of 10 s with requests.
  await expect
    .poll(
      async () => {
        await sendImages(NAME, 20);
        return Promise.all(["Throughput", "Latency", "Replicas"].map((title) => drawingIn(chart(page, title))));
      },
      { timeout: 40_000 },
    )
    .toEqual([DRAWN, DRAWN, DRAWN]);

  const pipeline = page.getByRole("region", { name: "Pipeline", exact: true });
  await expect(pipeline.locator(".react-flow__node")).toHaveCount(2);
  await expect(pipeline.locator(".react-flow__node-deployment")).toContainText("2 of 2 ready");
  await expect(pipeline.locator(".react-flow__edge")).toHaveCount(1);
  await expect(pipeline).toContainText(/[\d.]+\/s · [\d.]+ ms/);
  expect(problems.list).toEqual([]);
});

const DRAWN = "a line";

/** A curve of one point only moves the pen: nothing is seen. */
async function drawingIn(card: Locator): Promise<string> {
  const drawn = await card
    .locator("path.recharts-curve")
    .evaluateAll((paths) => paths.map((path) => path.getAttribute("d") ?? ""));
  return drawn.some((path) => /[LC]/.test(path)) ? DRAWN : "nothing";
}

test("the chosen range is in the URL and survives a reload", async ({ page }) => {
  await page.goto(`/applications/${NAME}`);
  await page.getByRole("button", { name: /^Time range/ }).click();
  await page.getByRole("button", { name: "1h", exact: true }).click();
  await expect(page).toHaveURL(/range=1h/);
  await page.reload();
  await expect(page.getByRole("button", { name: /^Time range: last 1 hour|^Time range: last 1 h/ })).toBeVisible();

  await page.getByRole("button", { name: /^Time range/ }).click();
  await page.getByLabel(/^Typed/).fill("soon");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.locator("#typed-range-problem")).not.toBeEmpty();
  await expect(page).toHaveURL(/range=1h/);
});

test("a killed replica is replaced and the event says why", async ({ page, request }) => {
  await page.goto(`/applications/${NAME}`);
  const replicas = page.getByRole("region", { name: "Replicas", exact: true });
  await expect(replicas).toContainText("2 ready of 2");
  const pids = pidsOf(await replicas.innerText());
  expect(pids).toHaveLength(2);
  const killed = pids[0] ?? 0;
  process.kill(killed, "SIGKILL");
  const killedAtMs = Date.now();
  await expect(page.getByRole("region", { name: "Events" })).toContainText(/exited by SIGKILL; replaced by \w+/);
  await expect(replicas).toContainText("2 ready of 2", { timeout: 60_000 });
  await expect.poll(async () => pidsOf(await replicas.innerText()), { timeout: 60_000 }).toHaveLength(2);
  const now = pidsOf(await replicas.innerText());
  console.log(`killed ${killed}; two ready again on the page after ${Date.now() - killedAtMs} ms`);
  expect(now).not.toContain(killed);
  expect(now).toContain(pids[1]);
  await replicas.getByRole("button", { name: /^Show 1 ended replica/ }).click();
  await expect(replicas).toContainText("SIGKILL");
  await keepBothThemes(page, "application-replica-replaced");
  expect((await readApplication(request, NAME))?.status).toBe("RUNNING");
});

function pidsOf(text: string): readonly number[] {
  return [...text.matchAll(/pid (\d+)/g)].map((match) => Number(match[1]));
}

test("roll back says what changes and makes the older revision serve", async ({ page, request }) => {
  await deployDigits(request, NAME, "cnn", { message: "second" });
  await page.goto(`/applications/${NAME}`);
  const header = page.getByRole("main").locator("header").first();
  await header.getByRole("button", { name: "Roll back…" }).click();
  const fromHeader = page.getByRole("dialog", { name: `Roll back ${NAME} to r1` });
  await expect(fromHeader.getByRole("button", { name: "Roll back to r1" })).toBeVisible();
  await fromHeader.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Revisions", exact: true }).click();
  await expect(page).toHaveURL(/\/revisions$/);
  const first = page.getByRole("row", { name: /r1/ });
  const second = page.getByRole("row", { name: /r2.*target/ });
  await expect(second.getByRole("button", { name: "Roll back…" })).toBeDisabled();
  await keepBothThemes(page, "application-revisions");
  await first.getByRole("button", { name: "Roll back…" }).click();
  const dialog = page.getByRole("dialog", { name: `Roll back ${NAME} to r1` });
  await expect(dialog).toContainText("deployments.0.model");
  await expect(dialog).toContainText("There is no traffic split.");
  await keepBothThemes(page, "rollback-dialog");
  await dialog.getByLabel(/^Why/).fill("second is slower");
  await dialog.getByRole("button", { name: "Roll back to r1" }).click();
  await expect(page).toHaveURL(new RegExp(`/applications/${NAME}$`));
  await waitUntilServing(request, NAME, 1);
  expect([...(await sendImages(NAME, 20)).keys()]).toEqual(["1"]);
  await expect(page.getByRole("region", { name: "Events" })).toContainText("Revision 1 serving.");
  await expect(page.getByRole("region", { name: "Events" })).toContainText(
    /Rolled back to revision 1 by .+: second is slower/,
  );
});

test("delete asks for the name, lets running requests finish and then answers 404", async ({ page, request }) => {
  const { bundle } = await uploadBundle(request, "workbench.zip", await buildWorkbench(), "application/zip");
  const spec = {
    name: DRAINED,
    route_prefix: `/${DRAINED}`,
    import_path: "app:app",
    runtime_env: { working_dir: `bundle:${bundle.sha256}` },
    deployments: [],
  };
  const { plan } = await putApplication(request, spec);
  await waitUntilServing(request, DRAINED, plan.revision);

  await page.goto(`/applications/${DRAINED}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete application…" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${DRAINED}` });
  const confirm = dialog.getByRole("button", { name: "Delete application" });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill("drain");
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill(DRAINED);
  await expect(confirm).toBeEnabled();
  await keepBothThemes(page, "delete-dialog");

  const running = fetch(`${gatewayUrl()}/${DRAINED}/work?wait_ms=4000`);
  await expect.poll(runningRequests).toBe(1);
  await confirm.click();
  await expect(page).toHaveURL(/\/applications$/);
  await expect
    .poll(async () => (await fetch(`${gatewayUrl()}/${DRAINED}/work`)).status, { message: "new requests" })
    .toBe(404);
  const answer = await running;
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ waited_ms: 4000 });
  await expect
    .poll(async () => (await listApplications(request)).map((one) => one.name), { timeout: 30_000 })
    .not.toContain(DRAINED);
  await expect(page.getByRole("link", { name: DRAINED, exact: true })).toBeHidden();
});

/** Slow requests that the replica works on, as it says itself. */
async function runningRequests(): Promise<number> {
  const answer = await fetch(`${gatewayUrl()}/${DRAINED}/running`);
  return ((await answer.json()) as { running: number }).running;
}

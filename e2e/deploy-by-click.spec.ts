import { expect, test } from "@playwright/test";
import { watchProblems } from "./page-problems.ts";
import { deleteApplications, listApplications } from "./product.ts";
import { collectReplicaWords, replicaWords } from "./replica-words.ts";
import { keepBothThemes } from "./screenshot.ts";

const CLICKS_AT_MOST = 6;
const SECONDS_AT_MOST = 180;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ request }) => {
  // A fresh install has none; a product that runs already is emptied.
  await deleteApplications(
    request,
    (await listApplications(request)).map((one) => one.name),
  );
});

test("an empty install says on each page what will be there and how to fill it", async ({ page }) => {
  const problems = watchProblems(page);
  await page.goto("/applications");
  await expect(page.getByText("No application is deployed")).toBeVisible();
  await expect(page.getByText("npx sluice deploy packages/examples/hello")).toBeVisible();
  await keepBothThemes(page, "applications-empty");

  await page.goto("/");
  await expect(page.getByRole("main").getByRole("link", { name: "New application" })).toBeVisible();
  await keepBothThemes(page, "overview-empty");

  await page.goto("/deployments");
  await expect(page.getByText("No deployment runs")).toBeVisible();
  await keepBothThemes(page, "deployments-empty");
  expect(problems.list).toEqual([]);
});

test("from an empty install to the first answer by click", async ({ page, request }) => {
  const problems = watchProblems(page);
  let clicks = 0;
  await page.exposeFunction("reportClick", () => (clicks += 1));
  // Counts what the browser saw, so that a click hidden in a helper of this test counts too.
  await page.addInitScript('window.addEventListener("click", () => window.reportClick(), { capture: true })');
  await page.goto("/");
  const startedAtMs = Date.now();

  await page.getByRole("navigation").getByRole("link", { name: "Applications" }).click();
  await page.getByRole("main").getByRole("link", { name: "New application" }).first().click();
  await page.getByRole("button", { name: /^Handwritten digits Logistic/ }).click();
  const deploy = page.getByRole("button", { name: /^Deploy/ });
  await expect(deploy).toBeEnabled();
  await expect(page.getByRole("region", { name: "Plan" })).toContainText("takes 1 replica");
  await keepBothThemes(page, "new-application-form");

  const replicas = page.getByRole("region", { name: "Replicas" });
  await collectReplicaWords(page);
  await deploy.click();
  await expect(page.getByText(/Revision 1 serves \/digits; ready in \d+\.\d s/)).toBeVisible({ timeout: 120_000 });
  await expect(replicas).toContainText("Ready");
  // It may have been ready before the page first heard of it: a warm host waited for it.
  const seen = await replicaWords(page);
  expect(seen.at(-1)).toBe("Ready");

  await page.getByRole("button", { name: "Random test image" }).click();
  const answer = page.getByTestId("digit-answer");
  await expect(answer).toHaveText(/^\d$/);
  const seconds = (Date.now() - startedAtMs) / 1000;
  await expect(page.getByText(/^True label \d$/)).toBeVisible();
  const rows = page.getByRole("list", { name: "Probabilities" }).getByRole("listitem");
  await expect(rows).toHaveCount(10);
  const shares = (await rows.allInnerTexts()).map((text) => Number(/([\d.]+) %/.exec(text)?.[1]));
  expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100), shares.join()).toBeLessThan(1);
  expect(shares[Number(await answer.textContent())]).toBe(Math.max(...shares));
  await keepBothThemes(page, "first-answer");

  // The page that is left behind: the application runs and its page says so.
  await page.getByRole("link", { name: "Open application" }).click();
  await expect(page).toHaveURL(/\/applications\/digits$/);
  const needed = clicks - 1;
  console.log(`first answer after ${needed} clicks and ${seconds.toFixed(1)} s; stages seen: ${seen.join(", ")}`);
  expect(needed).toBeGreaterThanOrEqual(4);
  expect(needed).toBeLessThanOrEqual(CLICKS_AT_MOST);
  expect(seconds).toBeLessThan(SECONDS_AT_MOST);
  expect(problems.list).toEqual([]);
  await deleteApplications(request, ["digits"]);
});

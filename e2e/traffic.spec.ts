import { expect, test } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { watchProblems } from "./page-problems.ts";
import { deleteApplications, deployDigits, nameOfRun, readApplication, sendImages } from "./product.ts";
import { keepBothThemes } from "./screenshot.ts";

const NAME = nameOfRun("shares");
const REQUESTS = 2_000;
/** Five standard deviations of a share of 10 % of 2,000 requests: 5 * sqrt(0.1 * 0.9 / 2000) = 3.4 points. */
const TOLERANCE = 0.034;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ request }) => {
  test.setTimeout(180_000);
  await deployDigits(request, NAME, "logreg", { message: "logistic regression" });
  await deployDigits(request, NAME, "cnn", { message: "small CNN" });
});

test.afterAll(async ({ request }) => deleteApplications(request, [NAME]));

const panelOf = (page: Page): Locator => page.getByRole("region", { name: "Traffic" });
const thumb = (page: Page, revision: number): Locator =>
  page.getByRole("slider", { name: `Weight of revision ${revision}, percent` });

async function weights(page: Page): Promise<readonly number[]> {
  const fields = await panelOf(page)
    .getByRole("textbox", { name: /^Weight of revision \d+$/ })
    .all();
  return Promise.all(fields.map(async (field) => Number.parseFloat(await field.inputValue())));
}

async function addFirstRevision(page: Page): Promise<void> {
  await page.goto(`/applications/${NAME}`);
  await expect(thumb(page, 2)).toBeVisible();
  await panelOf(page).getByLabel("Add a revision to the split").selectOption({ label: "r1 logistic regression" });
  await expect(thumb(page, 1)).toBeVisible();
}

test("arrows move a weight by 1, Shift+arrows by 10, the sum stays 100, and nothing is sent before Apply", async ({
  page,
  request,
}) => {
  await addFirstRevision(page);
  await thumb(page, 1).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(() => weights(page)).toEqual([10, 90]);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => weights(page)).toEqual([11, 89]);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => weights(page)).toEqual([9, 91]);
  await page.keyboard.press("End");
  await expect.poll(() => weights(page)).toEqual([100, 0]);

  await panelOf(page).getByRole("button", { name: "Reset" }).click();
  await expect.poll(() => weights(page)).toEqual([100]);
  await expect(panelOf(page).getByRole("button", { name: "Apply" })).toBeDisabled();
  expect((await readApplication(request, NAME))?.traffic.wanted).toBe(null);
});

test("an applied split is followed by the gateway and its observed shares stand beside the wanted", async ({
  page,
}) => {
  const problems = watchProblems(page);
  await addFirstRevision(page);
  await thumb(page, 1).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await panelOf(page).getByRole("button", { name: "Apply" }).click();

  const dialog = page.getByRole("dialog", { name: "Apply this split" });
  await expect(dialog.getByRole("row", { name: /r1/ })).toContainText(/0 %\s*10 %\s*\+10/);
  await expect(dialog.getByRole("row", { name: /r2/ })).toContainText(/100 %\s*90 %\s*−10/);
  await keepBothThemes(page, "traffic-dialog");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect(dialog).toBeHidden();
  // The first revision has no replica any more: one starts before its weight rises.
  await expect(panelOf(page)).toContainText("in force on 1 of 1 gateway", { timeout: 60_000 });
  await expect.poll(() => shareInForce(page), { timeout: 60_000 }).toBe(10);

  const answered = await sendImages(NAME, REQUESTS);
  const share = (answered.get("1") ?? 0) / REQUESTS;
  console.log(`${(share * 100).toFixed(2)} % of ${REQUESTS} requests went to revision 1, wanted 10 %`);
  expect([...answered.values()].reduce((sum, count) => sum + count, 0)).toBe(REQUESTS);
  expect(Math.abs(share - 0.1)).toBeLessThan(TOLERANCE);

  const shown = panelOf(page).getByText(
    /^Observed (?:r0 0 %, )?r1 [\d.]+ %, r2 [\d.]+ % of 2,000 requests, last 1 min$/,
  );
  await expect(shown).toBeVisible();
  const observed = Number(/r1 ([\d.]+) %/.exec(await shown.innerText())?.[1]);
  expect(Math.abs(observed - share * 100), "observed on the page against counted at the client").toBeLessThan(0.1);
  await keepBothThemes(page, "application-split");
  expect(problems.list).toEqual([]);
});

test("following the target again takes the other revision out at the gateway", async ({ page }) => {
  await page.goto(`/applications/${NAME}`);
  await panelOf(page).getByRole("button", { name: "Follow target" }).click();
  await expect(thumb(page, 1)).toBeHidden();
  await expect.poll(() => weights(page)).toEqual([100]);
  await expect(panelOf(page)).toContainText("in force on 1 of 1 gateway");
  expect([...(await sendImages(NAME, 200)).keys()]).toEqual(["2"]);
});

/** What the controller has put in force for the first revision, in percent. */
async function shareInForce(page: Page): Promise<number> {
  const application = await readApplication(page.request, NAME);
  return application?.traffic.effective.find((variant) => variant.revision === 1)?.weight ?? 0;
}

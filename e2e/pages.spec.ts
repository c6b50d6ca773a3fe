import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import axe from "axe-core";
import { watchProblems } from "./page-problems.ts";
import {
  deleteApplications,
  deployDigits,
  nameOfRun,
  putApplication,
  readApplication,
  sendImages,
  uploadBundle,
} from "./product.ts";
import { buildWorkbench } from "./code-bundle.ts";
import { keepScreenshot, themes, wearTheme } from "./screenshot.ts";

const RUNNING = nameOfRun("pages-running");
const FAILED = nameOfRun("pages-failed");

/** Every page with what tells that its data has arrived. */
const pages: readonly { readonly name: string; readonly path: string; readonly shows: string | RegExp }[] = [
  { name: "overview", path: "/", shows: /of \d+ wanted/ },
  { name: "applications", path: "/applications", shows: RUNNING },
  { name: "new-application", path: "/applications/new", shows: "Start from an example" },
  { name: "application", path: `/applications/${RUNNING}`, shows: /in force on 1 of 1 gateway/ },
  { name: "application-revisions", path: `/applications/${RUNNING}/revisions`, shows: "Spec of r2" },
  { name: "revisions-compared", path: `/applications/${RUNNING}/revisions?from=1&to=2`, shows: /1 changed field/ },
  { name: "new-revision", path: `/applications/new?application=${RUNNING}`, shows: "Nothing: revision 2 is the same" },
  {
    name: "deployment",
    path: `/applications/${RUNNING}/deployments/classifier`,
    shows: "2 ready of 2 wanted",
  },
  { name: "application-deployments", path: `/applications/${RUNNING}/deployments`, shows: "classifier" },
  { name: "application-playground", path: `/applications/${RUNNING}/playground`, shows: "Random test image" },
  { name: "application-failed", path: `/applications/${FAILED}`, shows: "Revision 1 could not be started." },
  { name: "deployments", path: "/deployments", shows: "classifier" },
  { name: "nodes", path: "/nodes", shows: /1 of 1 node ready/ },
  { name: "node", path: "/nodes/{id}", shows: /replicas? on this node/ },
  { name: "events", path: "/events", shows: RUNNING },
  { name: "bundles", path: "/bundles", shows: "digits-logreg.onnx" },
  { name: "docs", path: "/docs", shows: "/applications/{name}/rollback" },
  { name: "not-found", path: "/no-such-page", shows: "There is no such page" },
  { name: "node-not-found", path: "/nodes/no-such-node", shows: "There is no node no-such-node" },
  { name: "application-not-found", path: "/applications/no-such-application", shows: "There is no application" },
];
/** Pages whose address or data answers 404 by design. */
const EXPECTED = /no-such-(page|application|node)/;
/** Swagger UI puts a button into the button of each operation; its markup is not ours to change. */
const FOREIGN = ".sluice-swagger .opblock-summary";

test.beforeAll(async ({ request }) => {
  test.setTimeout(180_000);
  await deployDigits(request, RUNNING, "logreg", { replicas: 1, message: "as trained in March" });
  await deployDigits(request, RUNNING, "logreg", { replicas: 2, message: "for the evening" });
  const { bundle } = await uploadBundle(request, "workbench.zip", await buildWorkbench(), "application/zip");
  await putApplication(request, {
    name: FAILED,
    route_prefix: `/${FAILED}`,
    import_path: "app:missing",
    runtime_env: { working_dir: `bundle:${bundle.sha256}` },
    deployments: [],
  });
  await sendImages(RUNNING, 300);
  await expect
    .poll(async () => (await readApplication(request, FAILED))?.status, { timeout: 60_000 })
    .toBe("DEPLOY_FAILED");
});
test.afterAll(async ({ request }) => deleteApplications(request, [RUNNING, FAILED]));

for (const theme of themes) {
  test(`every page in ${theme} loads without an error and without a serious finding of axe`, async ({ page }) => {
    test.setTimeout(180_000);
    await wearTheme(page, theme);
    const problems = watchProblems(page, EXPECTED);
    const findings: string[] = [];
    for (const { name, path, shows } of pages) {
      problems.clear();
      await page.goto(await withId(page, path));
      await expect(page.getByRole("main").getByText(shows).filter({ visible: true }).first(), name).toBeVisible();
      expect(await page.evaluate("document.documentElement.className"), name).toContain(theme);
      await keepScreenshot(page, `${name}-${theme}`);
      findings.push(...problems.list.map((line) => `${name}: ${line}`));
      findings.push(...(await runAxe(page)).map((line) => `${name}: ${line}`));
    }
    expect(findings).toEqual([]);
  });
}

test("pages read at 390 px without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const problems = watchProblems(page, EXPECTED);
  const wide: string[] = [];
  for (const { name, path, shows } of pages) {
    await page.goto(await withId(page, path));
    await expect(page.getByRole("main").getByText(shows).filter({ visible: true }).first(), name).toBeVisible();
    if (name === "application-playground") {
      // An answer is as wide as its longest line, the request's id.
      await page.getByRole("button", { name: "Random test image" }).click();
      await expect(page.getByRole("list", { name: "Where the time went" })).toBeVisible();
    }
    const [width, shown] = await page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
    if (width > shown) wide.push(`${name}: ${width} px wide on ${shown} px`);
    await keepScreenshot(page, `${name}-390`);
  }
  expect(wide).toEqual([]);
  expect(problems.list).toEqual([]);
});

test("while data is on its way a page has its final layout, without a sentence that is not true yet", async ({
  page,
}) => {
  // Never answered: the page stays as it is before the first answer.
  await page.route("**/api/trpc/**", () => undefined);
  for (const { name, path, untrue } of [
    { name: "applications", path: "/applications", untrue: "No application is deployed" },
    { name: "application", path: `/applications/${RUNNING}`, untrue: "There is no application" },
    { name: "nodes", path: "/nodes", untrue: "No node is connected" },
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").locator(".animate-pulse-soft").first(), name).toBeVisible();
    await expect(page.getByText(untrue)).toBeHidden();
    await keepScreenshot(page, `${name}-loading`);
  }
});

test("when the server goes away the page says how old its numbers are, and mends itself", async ({ page, context }) => {
  await page.goto(`/applications/${RUNNING}`);
  await expect(page.getByRole("region", { name: "Traffic" })).toContainText("in force on 1 of 1 gateway");
  await context.setOffline(true);
  await expect(page.getByText("The server does not answer.")).toBeVisible();
  await expect(page.getByText(/What you see is from/)).toBeVisible();
  await keepScreenshot(page, "application-server-away");
  await context.setOffline(false);
  await expect(page.getByText("The server does not answer.")).toBeHidden();
});

test("the keyboard alone reaches the primary actions", async ({ page }) => {
  await page.goto("/applications");
  await expect(page.getByRole("link", { name: RUNNING, exact: true })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  const reached = await tabUntil(page, "New application");
  expect(reached).toBe(true);
  expect(await focusIsVisible(page), "a focused control shows it").toBe(true);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/applications\/new$/);
  await expect(page.getByText("Start from an example")).toBeVisible();
  expect(await tabUntil(page, "Handwritten digits")).toBe(true);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Deploy\b/ })).toBeVisible();
  await page.goto(`/applications/${RUNNING}`);
  await expect(page.getByRole("region", { name: "Traffic" })).toContainText("in force");
  for (const action of ["Roll back…", "Deploy revision", "Apply"])
    expect(await tabUntil(page, action), action).toBe(true);
});

test("letters go to pages, ? lists them, Ctrl+K finds, and none of it happens while one types", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("Replicas ready", { exact: true })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/\/applications$/);
  await expect(page.getByRole("link", { name: RUNNING, exact: true })).toBeVisible();

  await page.keyboard.press("/");
  const filter = page.getByLabel("Filter by name, route or state");
  await expect(filter).toBeFocused();
  await page.keyboard.type("gn?c");
  await expect(filter).toHaveValue("gn?c");
  await expect(page).toHaveURL(/\/applications\?q=gn/);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(filter).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(filter).not.toBeFocused();

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Go to Nodes");
  await keepScreenshot(page, "shortcuts");
  await page.keyboard.press("Escape");

  await page.keyboard.press("ControlOrMeta+k");
  const palette = page.getByRole("dialog", { name: "Find or do" });
  await expect(palette).toBeVisible();
  await page.keyboard.type(RUNNING);
  await expect(palette.getByRole("option").first()).toContainText(RUNNING);
  await keepScreenshot(page, "palette");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/applications/${RUNNING}$`));
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/\/nodes$/);
});

const TABS_AT_MOST = 60;

/** The id of the product's node is made at its start. */
async function withId(page: Page, path: string): Promise<string> {
  if (!path.includes("{id}")) return path;
  const { items } = (await (await page.request.get("/api/v1/nodes")).json()) as { items: { id: string }[] };
  return path.replace("{id}", items[0]?.id ?? "");
}

/** Presses Tab until the focused element is called so. */
async function tabUntil(page: Page, name: string): Promise<boolean> {
  for (let presses = 0; presses < TABS_AT_MOST; presses += 1) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate<string>(
      "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()",
    );
    if (text.startsWith(name)) return true;
  }
  return false;
}

async function focusIsVisible(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const style = getComputedStyle(document.activeElement);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  })()`);
}

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Serious and critical findings, with the first elements of each. */
async function runAxe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate<readonly AxeViolation[]>(
    `axe.run({ exclude: ["${FOREIGN}"] }, { resultTypes: ["violations"] }).then((found) => found.violations)`,
  );
  return violations
    .filter((found) => found.impact === "serious" || found.impact === "critical")
    .map((found) => {
      const where = found.nodes.slice(0, 3).map((node) => node.target.join(" "));
      return `axe ${found.id} (${found.help}) at ${found.nodes.length} places: ${where.join(" | ")}`;
    });
}

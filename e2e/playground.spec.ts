/** Any request to an application, by the form: its headers, its answers (also those that fail or are empty), and what is remembered. */
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { buildZip } from "../packages/agent/test/zip.ts";
import { watchProblems } from "./page-problems.ts";
import { deleteApplications, nameOfRun, putApplication, uploadBundle, waitUntilServing } from "./product.ts";
import { keepBothThemes } from "./screenshot.ts";

const ECHO = nameOfRun("echo");

const source = `
import { deployment, getMultiplexedModelId } from "@sluice/sdk";

class Echo {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/throw")) throw new Error("broken on purpose");
    if (pathname.endsWith("/empty")) return new Response(null, { status: 204 });
    if (pathname.endsWith("/slow")) await new Promise((resolve) => setTimeout(resolve, 5_000));
    const headers = ["x-api-key", "content-type"].map((name) => request.headers.get(name));
    return { model: getMultiplexedModelId(), headers, body: await request.text() };
  }
}

export const app = deployment(Echo, { rayActorOptions: { numCpus: 0.1 } }).bind();
`;

test.beforeAll(async ({ request }) => {
  const zip = await buildZip([{ name: "app.mjs", content: source }]);
  const { bundle } = await uploadBundle(request, "echo.zip", zip, "application/zip");
  await putApplication(request, {
    name: ECHO,
    route_prefix: `/${ECHO}`,
    import_path: "app:app",
    runtime_env: { working_dir: `bundle:${bundle.sha256}` },
  });
  await waitUntilServing(request, ECHO, 1);
});
test.afterAll(async ({ request }) => deleteApplications(request, [ECHO]));

const send = async (page: Page, answer: string): Promise<void> => {
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText(answer)).toBeVisible();
};
const shownAnswer = async (page: Page): Promise<unknown> =>
  JSON.parse(await page.getByLabel("Answer", { exact: true }).innerText());

test("headers are sent as they are written, a wrong one is told at its row, and all but secrets is there again after a reload", async ({
  page,
}) => {
  const problems = watchProblems(page);
  await page.goto(`/applications/${ECHO}/playground`);
  await page.getByRole("button", { name: /^Add serve_multiplexed_model_id/ }).click();
  await expect(page.getByLabel("Value of serve_multiplexed_model_id")).toBeFocused();
  await page.keyboard.type("m7");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByLabel("Name of header 2")).toBeFocused();
  await page.keyboard.type("Transfer-Encoding");
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText("transfer-encoding belongs to the connection");
  await expect(page.getByRole("button", { name: "Send", exact: true })).toHaveAttribute("aria-disabled", "true");
  await keepBothThemes(page, "playground-wrong-header");
  await page.getByLabel("Name of header 2").fill("x-api-key");
  await page.getByLabel("Value of x-api-key").fill("one");
  await expect(alert).toHaveCount(0);
  await page.getByLabel("Method").selectOption("POST");
  await page.getByLabel("Body, JSON").fill('{"a": 1}');
  await send(page, "200 OK");
  const expected = { model: "m7", headers: ["one", "application/json"], body: '{"a": 1}' };
  expect(await shownAnswer(page)).toEqual(expected);
  await expect(page.getByLabel("The call in curl")).toContainText("-H 'serve_multiplexed_model_id: m7'");
  await keepBothThemes(page, "playground-headers");

  await page.reload();
  await expect(page.getByLabel("Value of x-api-key")).toHaveValue("");
  await expect(page.getByLabel("Value of serve_multiplexed_model_id")).toHaveValue("m7");
  await expect(page.getByLabel("Body, JSON")).toHaveValue('{"a": 1}');
  await page.getByRole("button", { name: "Start over" }).click();
  await expect(page.getByLabel("Method")).toHaveValue("GET");
  await expect(page.getByLabel("Name of header 1")).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel("Method")).toHaveValue("GET");
  expect(problems.list).toEqual([]);
});

test("an answer that failed tells where its time went, and one without a body says so", async ({ page }) => {
  const problems = watchProblems(page);
  await page.goto(`/applications/${ECHO}/playground`);
  const times = page.getByRole("list", { name: "Where the time went" }).getByRole("listitem");
  const path = page.getByLabel("Path below the route");

  await path.fill("/throw");
  await send(page, "500 Error in the application");
  expect(await shownAnswer(page)).toMatchObject({ code: "replica/user_error" });
  await expect(times.filter({ hasText: "Replica" })).toContainText(/[\d.]+ ms/);
  await keepBothThemes(page, "playground-failed");

  await path.fill("/empty");
  await send(page, "204 No content");
  await expect(page.getByText("The answer has no body.")).toBeVisible();
  await keepBothThemes(page, "playground-empty");

  await path.fill("/slow");
  await page.getByRole("button", { name: /^Add x-request-timeout-seconds/ }).click();
  await page.keyboard.type("0.3");
  await send(page, "504 Too late");
  await expect(times.filter({ hasText: "Replica" })).toContainText("it gave no answer");
  await keepBothThemes(page, "playground-late");
  expect(problems.list).toEqual([]);
});

import { expect, test } from "@playwright/test";

test("the dashboard opens and reports a working system", async ({ page, request }) => {
  const health = await request.get("/api/v1/healthz");
  expect(health.ok()).toBe(true);
  expect(await health.json()).toMatchObject({ database: true, nodes_ready: 1, gateways: 1 });

  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto("/");
  await expect(page.locator("body")).toContainText("Applications");
  expect(problems).toEqual([]);
});

test("the gateway answers its health check", async ({ request }) => {
  const answer = await request.get(`${process.env["SLUICE_E2E_GATEWAY_URL"] ?? ""}/-/healthz`);
  expect(answer.status()).toBe(200);
});

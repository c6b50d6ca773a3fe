/** Applications that are more than one model, from the first click to the answer: a graph of code, and a program. */
import { expect, test } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { buildZip } from "../packages/agent/test/zip.ts";
import { watchProblems } from "./page-problems.ts";
import { deleteApplications, gatewayUrl, nameOfRun } from "./product.ts";
import { collectReplicaWords, replicaWords } from "./replica-words.ts";
import { keepBothThemes } from "./screenshot.ts";

const PIPELINE = nameOfRun("pipeline");
const PROGRAM = nameOfRun("program");
const MODEL = nameOfRun("batched");

const START_TIMEOUT_MS = 60_000;
const TEXT =
  "I love this film. It is a bit long, but the actors are wonderful. My brother enjoyed the music of the second half " +
  "most. We will watch the film again.";

// The second test looks at what the first one did.
test.describe.configure({ mode: "serial" });

test.afterAll(async ({ request }) => deleteApplications(request, [PIPELINE, PROGRAM, MODEL]));

const plan = (page: Page): Locator => page.getByRole("region", { name: "Plan", exact: true });
const spec = (page: Page): Locator => page.getByRole("region", { name: "Spec", exact: true });
const alerts = (page: Page): Locator => page.getByRole("main").getByRole("alert");

async function name(page: Page, application: string): Promise<void> {
  await page.getByLabel("Name").fill(application);
  await page.getByLabel(/^Route prefix/).fill(`/${application}`);
}

async function deploy(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /^Deploy\b/ });
  await expect(button).toBeEnabled();
  await button.click();
  await expect(page.getByText(/Revision 1 serves/)).toBeVisible({ timeout: START_TIMEOUT_MS });
}

test("the text pipeline of the gallery by clicks: real text in, length, sentiment and summary out, each hop with its time", async ({
  page,
}) => {
  const problems = watchProblems(page);
  await page.goto("/applications/new");
  await page.getByRole("button", { name: /^Text pipeline/ }).click();
  await name(page, PIPELINE);
  await expect(plan(page)).toContainText("Start Preprocess, 2 replicas");
  await collectReplicaWords(page);
  await deploy(page);
  expect(await replicaWords(page), "stages seen before all replicas were ready").toEqual(
    expect.arrayContaining([expect.stringMatching(/^(Assigned|Preparing|Starting|Loading)$/)]),
  );

  await expect(page.getByLabel("Method")).toHaveValue("POST");
  // It begins with a text of the example.
  await expect(page.getByLabel("Body, JSON")).toHaveValue(/"text": "I love this film\. /);
  await page.getByLabel("Body, JSON").fill(JSON.stringify({ text: TEXT }));
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("200 OK")).toBeVisible();
  const shown: unknown = JSON.parse(await page.getByLabel("Answer", { exact: true }).innerText());
  expect(shown).toEqual({
    original_length: TEXT.length,
    sentiment: { label: "POSITIVE", score: expect.any(Number) },
    summary: expect.any(String),
  });
  // Whole sentences of the text, and not all of them.
  const { summary } = shown as { summary: string };
  for (const sentence of summary.split(/(?<=\.) /)) expect(TEXT).toContain(sentence);
  expect(summary.length).toBeLessThan(TEXT.length);
  const times = page.getByRole("list", { name: "Where the time went" });
  await expect(times.getByRole("listitem")).toHaveCount(8);
  for (const hop of ["Queue", "Replica", "Preprocess.sentences", "Summary.shorten", "Sentiment.classify"]) {
    await expect(times.getByRole("listitem").filter({ hasText: hop }).first()).toContainText(/[\d.]+ ms/);
  }
  await keepBothThemes(page, "pipeline-answer");

  const answer = await fetch(`${gatewayUrl()}/${PIPELINE}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: TEXT }),
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual(shown);
  // A client's mistake is told as one.
  const empty = await fetch(`${gatewayUrl()}/${PIPELINE}`, { method: "POST", body: "{}" });
  expect([empty.status, await empty.json()]).toEqual([400, { detail: 'send {"text": "..."}' }]);
  const hops = timesOf(answer.headers.get("server-timing") ?? "");
  expect([...hops.keys()].sort()).toEqual([
    "Preprocess.sentences",
    "Sentiment.classify",
    "Sentiment.classify > SentimentModel.predict",
    "Summary.shorten",
    "batch",
    "model",
    "queue",
  ]);
  const time = (hop: string): number => hops.get(hop) ?? Number.NaN;
  expect(time("Sentiment.classify")).toBeGreaterThan(0);
  // Both wait for the sentences, side by side.
  expect(time("model")).toBeGreaterThanOrEqual(Math.max(time("Sentiment.classify"), time("Summary.shorten")) - 0.1);
  expect(problems.list).toEqual([]);
});

/** Milliseconds per entry of `Server-Timing`, the first of each name; a call to another deployment by its description. */
function timesOf(header: string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [, metric = "", ms, description = ""] of header.matchAll(/(\w+);dur=([\d.]+)(?:;desc="([^"]*)")?/g)) {
    const name = metric === "call" ? description : metric;
    if (!times.has(name)) times.set(name, Number(ms));
  }
  return times;
}

test("one scrape of the gateway has the batches of the pipeline's model: size, wait, reason of release", async () => {
  const labels = `function_name="predict",application="${PIPELINE}",deployment="SentimentModel",replica="\\w+"`;
  const scrape = async (): Promise<string> => {
    const lines = (await (await fetch(`${gatewayUrl()}/-/metrics`)).text()).split("\n");
    return lines.filter((line) => line.includes(PIPELINE) || line.startsWith("sluice_cluster")).join("\n");
  };
  const [functionName, ...target] = labels.split(",");
  const reasons = new RegExp(
    `^sluice_batch_releases_total\\{${functionName},reason="idle",${target.join(",")}\\} \\d+$`,
    "m",
  );
  await expect.poll(scrape).toMatch(reasons);
  const text = await scrape();
  expect(text).toMatch(new RegExp(`^ray_serve_batches_processed_total\\{${labels}\\} [1-9]\\d*$`, "m"));
  for (const metric of ["ray_serve_actual_batch_size", "ray_serve_batch_wait_time_ms"]) {
    expect(text).toMatch(new RegExp(`^${metric}_count\\{${target.join(",")},${functionName}\\} [1-9]\\d*$`, "m"));
  }
  expect(text).toContain("sluice_cluster_metrics_up 1\n");
  expect(text).toContain(
    `sluice_router_decisions_total{application="${PIPELINE}",deployment="Analyze",decision="pick"`,
  );
});

/** A server of few lines; it answers what it was started with. */
const server = `
import { createServer } from "node:http";
const [port, greeting] = process.argv.slice(2);
createServer((request, response) => {
  if (request.url === "/alive") return response.end();
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ greeting, mood: process.env.MOOD, path: request.url }));
}).listen(Number(port), "127.0.0.1");
`;

test("a program of one's own: command, health path and environment by the form, errors at their fields, then it answers", async ({
  page,
}) => {
  // The server's own checks of a draft answer 422 by design.
  const problems = watchProblems(page, /applications\.plan/);
  await page.goto("/applications/new");
  await expect(page.getByRole("button", { name: "Choose file" })).toBeEnabled();
  const buffer = await buildZip([{ name: "server.mjs", content: server }]);
  await page
    .getByLabel("Model or bundle file")
    .setInputFiles({ name: `${PROGRAM}.zip`, mimeType: "application/zip", buffer });
  await page.getByRole("radio", { name: "Program" }).click();
  await expect(page.getByLabel("Name")).toHaveValue(PROGRAM);

  const command = page.getByLabel(/process\.command/);
  await command.fill("");
  await expect(alerts(page).filter({ hasText: "needs `command`".replaceAll("`", "") })).toBeVisible();
  await expect(command).toHaveAttribute("aria-invalid", "true");
  await command.fill('["node","server.mjs","{port}","hello"]');
  await page.getByLabel(/process\.health_path/).fill("alive");
  await expect(alerts(page).filter({ hasText: "A path that begins with /" })).toBeVisible();
  await page.getByLabel(/process\.health_path/).fill("/alive");
  await page.getByLabel(/process\.env/).fill('{"MOOD":"good"}');
  await page.getByLabel(/num_cpus/).fill("0.1");
  await expect(alerts(page)).toHaveCount(0);
  await expect(spec(page)).toContainText("health_path: /alive");
  await keepBothThemes(page, "new-application-program");
  await deploy(page);

  await page.getByLabel("Path below the route").fill("/now?x=1");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("200 OK")).toBeVisible();
  const shown: unknown = JSON.parse(await page.getByLabel("Answer", { exact: true }).innerText());
  expect(shown).toEqual({ greeting: "hello", mood: "good", path: "/now?x=1" });
  expect(problems.list).toEqual([]);
});

test("how a model runs is set by the form: batches and providers, with defaults that follow and errors at their fields", async ({
  page,
}) => {
  const problems = watchProblems(page, /applications\.plan/);
  await page.goto("/applications/new");
  await page.getByRole("button", { name: /^Handwritten digits Logistic/ }).click();
  await name(page, MODEL);
  const ongoing = page.getByLabel(/max_ongoing_requests/);
  await ongoing.fill("");
  await expect(ongoing).toHaveAttribute("placeholder", "empty = default 64");
  const size = page.getByLabel(/batching\.max_batch_size/);
  await size.fill("0");
  await expect(alerts(page).filter({ hasText: "At least 1." })).toBeVisible();
  await expect(size).toHaveAttribute("aria-invalid", "true");
  await size.fill("8");
  await expect(ongoing).toHaveAttribute("placeholder", "empty = default 16");
  const wait = page.getByLabel(/batching\.batch_wait_timeout_s/);
  await expect(wait).toHaveAttribute("placeholder", "empty = default 0");
  await page.getByLabel(/batching\.target_p99_ms/).fill("50");
  await expect(wait).toHaveAttribute("placeholder", "empty = as long as the target allows");
  await wait.fill("0.005");
  const providers = page.getByLabel(/execution_providers/);
  await providers.fill("cpu, CPU");
  await expect(alerts(page).filter({ hasText: 'cannot hold "CPU". Allowed are cpu, cuda' })).toBeVisible();
  await expect(providers).toHaveAttribute("aria-invalid", "true");
  await providers.fill("cpu");
  await page.getByLabel(/num_cpus/).fill("0.1");
  await expect(alerts(page)).toHaveCount(0);
  for (const line of ["max_batch_size: 8", "batch_wait_timeout_s: 0.005", "target_p99_ms: 50", "- cpu"]) {
    await expect(spec(page)).toContainText(line);
  }
  await deploy(page);

  const answer = await fetch(`${gatewayUrl()}/${MODEL}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ pixels: Array<number>(64).fill(0) }),
  });
  expect(answer.headers.get("server-timing")).toMatch(/batch;dur=[\d.]+;desc="1 of 8, \w+", model;dur=/);
  // The form of its next revision shows them again.
  await page.goto(`/applications/new?application=${MODEL}`);
  await expect(size).toHaveValue("8");
  await expect(wait).toHaveValue("0.005");
  await expect(providers).toHaveValue("cpu");
  expect(problems.list).toEqual([]);
});

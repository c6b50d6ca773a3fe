/** Calls to the running product over its two public doors: REST and the gateway. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "@playwright/test";
import type { APIRequestContext } from "@playwright/test";
import type {
  ApplicationPutAnswer,
  ApplicationSpecInput,
  ApplicationSummary,
  ApplicationView,
  BundleUploadAnswer,
} from "@sluice/contracts";
import digitsTest from "../packages/examples/digits/digits-test.json" with { type: "json" };

const DIGITS = path.resolve(import.meta.dirname, "../packages/examples/digits");
const JSON_TYPE = { "content-type": "application/json" };
/** A replica needs seconds to start; the machine of a build server is shared. */
const START_TIMEOUT_MS = 60_000;

function address(name: string): string {
  const url = process.env[name];
  if (url === undefined) throw new Error(`${name} is not set: the product was not started`);
  return url;
}
export const webUrl = (): string => address("SLUICE_E2E_WEB_URL");
export const gatewayUrl = (): string => address("SLUICE_E2E_GATEWAY_URL");

const runId = Date.now().toString(36).slice(-5);

/** A name of this run alone: metrics and events of an application outlive it. */
export const nameOfRun = (name: string): string => `${name}-${runId}`;

export const modelFiles = { logreg: `${DIGITS}/digits-logreg.onnx`, cnn: `${DIGITS}/digits-cnn.onnx` } as const;
export type Model = keyof typeof modelFiles;

/** The body of one call to a digits model, image by image. */
export const imageBodies: readonly string[] = digitsTest.pixels.map((pixels) => JSON.stringify({ pixels }));

export async function uploadBundle(
  request: APIRequestContext,
  name: string,
  data: Buffer,
  contentType = "application/octet-stream",
): Promise<BundleUploadAnswer> {
  const answer = await request.post(`/api/v1/bundles?name=${name}`, {
    data,
    headers: { "content-type": contentType },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as BundleUploadAnswer;
}

export async function putApplication(
  request: APIRequestContext,
  spec: ApplicationSpecInput,
  message = "",
): Promise<ApplicationPutAnswer> {
  const query = message === "" ? "" : `?message=${encodeURIComponent(message)}`;
  const answer = await request.put(`/api/v1/applications/${spec.name}${query}`, { data: spec, headers: JSON_TYPE });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as ApplicationPutAnswer;
}

export interface DigitsOptions {
  readonly replicas?: number;
  readonly message?: string;
}

/** A digits application under a name of its own, running when this returns. */
export async function deployDigits(
  request: APIRequestContext,
  name: string,
  model: Model,
  { replicas = 1, message = "" }: DigitsOptions = {},
): Promise<void> {
  const { bundle } = await uploadBundle(request, `digits-${model}.onnx`, await readFile(modelFiles[model]));
  const classifier = {
    name: "classifier",
    runtime: "onnx",
    model: `bundle:${bundle.sha256}`,
    num_replicas: replicas,
    max_ongoing_requests: 64,
    ray_actor_options: { num_cpus: 0.1 },
  } as const;
  const { plan } = await putApplication(
    request,
    { name, route_prefix: `/${name}`, deployments: [classifier] },
    message,
  );
  await waitUntilServing(request, name, plan.revision);
}

/** Decided by the controller and in force on every gateway: the next request finds it so. */
export async function waitUntilServing(request: APIRequestContext, name: string, revision: number): Promise<void> {
  await expect
    .poll(async () => stateOf(await readApplication(request, name)), { timeout: START_TIMEOUT_MS })
    .toBe(`RUNNING r${revision} 100 %, in force on all gateways`);
}

function stateOf(application: ApplicationView | null): string {
  if (application === null) return "not there";
  const { effective, gateways_applied: applied, gateways_total: total } = application.traffic;
  const shares = effective.filter((variant) => variant.weight > 0);
  const weights = shares.map((variant) => `r${variant.revision} ${variant.weight} %`).join(", ");
  const force = total > 0 && applied === total ? "all gateways" : `${applied} of ${total} gateways`;
  return `${application.status} ${weights}, in force on ${force}`;
}

/** Null when there is none of this name. */
export async function readApplication(request: APIRequestContext, name: string): Promise<ApplicationView | null> {
  const answer = await request.get(`/api/v1/applications/${name}`);
  return answer.ok() ? ((await answer.json()) as ApplicationView) : null;
}

export async function listApplications(request: APIRequestContext): Promise<readonly ApplicationSummary[]> {
  const answer = await request.get("/api/v1/applications");
  return ((await answer.json()) as { items: ApplicationSummary[] }).items;
}

/** Deletes and waits until its replicas have drained. */
export async function deleteApplications(request: APIRequestContext, names: readonly string[]): Promise<void> {
  for (const name of names) await request.delete(`/api/v1/applications/${name}`);
  await expect
    .poll(async () => (await listApplications(request)).filter((one) => names.includes(one.name)).length, {
      timeout: START_TIMEOUT_MS,
    })
    .toBe(0);
}

/** Sends `count` images through the gateway, `width` at a time; how many each revision answered. */
export async function sendImages(name: string, count: number, width = 16): Promise<ReadonlyMap<string, number>> {
  const answered = new Map<string, number>();
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < count) {
      const body = imageBodies[sent % imageBodies.length] ?? "";
      sent += 1;
      const answer = await fetch(`${gatewayUrl()}/${name}`, { method: "POST", headers: JSON_TYPE, body });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`request ${sent} to ${name} was answered ${answer.status}`);
      const revision = answer.headers.get("x-sluice-revision") ?? "none";
      answered.set(revision, (answered.get(revision) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: width }, sender));
  return answered;
}

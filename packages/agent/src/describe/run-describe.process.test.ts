import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secret, startFakeController } from "../../test/fake-controller.ts";
import type { FakeController } from "../../test/fake-controller.ts";
import { BundleCache } from "../bundle/bundle-cache.ts";
import { limitConcurrency } from "./limit-concurrency.ts";
import { runDescribe } from "./run-describe.ts";

const fixture = fileURLToPath(new URL("../../test/fixture-describe.mjs", import.meta.url));
let dir: string;
let controller: FakeController;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "describe-"));
  controller = await startFakeController();
});

afterEach(async () => {
  await controller.close();
  await rm(dir, { recursive: true });
});

function describeModel(importPath: string, timeoutMs = 20_000, bundle = controller.addBundle(Buffer.from("model"))) {
  const bundles = new BundleCache({ dir, controllerUrl: controller.url, secret });
  const command = [process.execPath, fixture];
  const request = { runtime: "onnx" as const, bundle, importPath, args: {}, envVars: {} };
  return runDescribe(request, { command, bundles, inheritedEnv: {}, timeoutMs });
}

test("the description is found although user code printed before it", async () => {
  expect(await describeModel("")).toMatchObject({ ok: true, description: { ingress: "model" } });
});

test("a process that hangs is stopped at the limit", async () => {
  expect(await describeModel("hang.onnx", 1_000)).toEqual({
    ok: false,
    message: "Importing the code took longer than 1 s and was stopped.",
  });
});

test("a process that dies tells its last words", async () => {
  expect(await describeModel("die.onnx")).toEqual({
    ok: false,
    message: "Importing the code ended without a description: it exited with code 3: Error: not a model.",
  });
});

test("a bundle that is gone is a result, not an exception", async () => {
  expect(await describeModel("", 1_000, "a".repeat(64))).toMatchObject({
    ok: false,
    message: expect.stringContaining("does not exist") as string,
  });
});

test("at most so many descriptions run at once, and a failed one gives its place on", async () => {
  let running = 0;
  let most = 0;
  const work = limitConcurrency(2, async (fails: boolean) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (fails) throw new Error("no");
  });
  const results = await Promise.allSettled([true, false, true, false, false].map(work));
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
});

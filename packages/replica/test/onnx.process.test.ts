import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { buildHost } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { RunningHost } from "./running-host.ts";

const digitsDir = fileURLToPath(new URL("../../examples/digits/", import.meta.url));
const packageDir = fileURLToPath(new URL("../", import.meta.url));

interface DigitsTest {
  readonly labels: readonly number[];
  readonly pixels: readonly (readonly number[])[];
}

let host: HostBuild;
let test: DigitsTest;
const running: RunningHost[] = [];
const dirs: string[] = [];

beforeAll(async () => {
  host = await buildHost();
  test = JSON.parse(await readFile(path.join(digitsDir, "digits-test.json"), "utf8")) as DigitsTest;
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

/** A bundle of one file, as the dropped model file becomes. */
async function bundleOf(model: string, content?: string): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "sluice-model-"));
  dirs.push(dir);
  if (content === undefined) await copyFile(path.join(digitsDir, model), path.join(dir, "model.onnx"));
  else await writeFile(path.join(dir, "model.onnx"), content);
  return dir;
}

async function start(bundleDir: string, source = false): Promise<RunningHost> {
  const one = await RunningHost.start({
    hostFile: source ? path.join(packageDir, "src/main.ts") : path.join(host.dir, "host.mjs"),
    nodeArgs: source ? ["--import", import.meta.resolve("tsx")] : [],
    launch: { bundleDir, runtime: "onnx", importPath: "", deployment: "classifier", maxOngoingRequests: 400 },
  });
  running.push(one);
  return one;
}

async function classify(one: RunningHost, image: number): Promise<number> {
  const answer = await one.request(
    "POST",
    "/app",
    { pixels: [test.pixels[image]] },
    { connection: await one.connect() },
  );
  return JSON.parse(answer.text).label[0] as number;
}

it.each([
  ["digits-logreg.onnx", 345],
  ["digits-cnn.onnx", 356],
])("%s classifies %i of the 360 held-out images rightly, one by one and in batches alike", async (model, right) => {
  const one = await (await start(await bundleOf(model))).ready();
  const connection = await one.connect();
  // All at once: most of them run in batches put together by the host.
  const labels = await Promise.all(
    test.pixels.map(
      async (pixels) =>
        JSON.parse((await one.request("POST", "/app", { pixels }, { connection })).text).label as number,
    ),
  );
  expect(labels.filter((label, image) => label === test.labels[image]).length).toBe(right);
  const whole = JSON.parse((await one.request("POST", "/app", { pixels: test.pixels }, { connection })).text);
  expect(whole.label).toEqual(labels);
  expect(await classify(one, 0)).toBe(labels[0]);
  const probabilities = JSON.parse((await one.request("POST", "/app", { pixels: test.pixels[0] }, { connection })).text)
    .probabilities as number[];
  expect(probabilities.length).toBe(10);
  expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
});

it("runs from source as well, with the worker thread as TypeScript", async () => {
  const one = await (await start(await bundleOf("digits-logreg.onnx"), true)).ready();
  expect(await classify(one, 3)).toBe(test.labels[3]);
});

it("tells inputs and outputs on GET, takes the bare array and `inputs`, and the same through a call", async () => {
  const one = await (await start(await bundleOf("digits-logreg.onnx"))).ready();
  const connection = await one.connect();
  expect(JSON.parse((await one.request("GET", "/app")).text)).toEqual({
    name: "classifier",
    inputs: [{ name: "pixels", datatype: "float32", shape: ["batch", 64] }],
    outputs: [
      { name: "probabilities", datatype: "float32", shape: ["batch", 10] },
      { name: "label", datatype: "int64", shape: ["batch"] },
    ],
  });
  const label = test.labels[0];
  for (const body of [test.pixels[0], { inputs: test.pixels[0] }, { pixels: test.pixels[0] }]) {
    expect(JSON.parse((await one.request("POST", "/app", body, { connection })).text).label).toBe(label);
  }
  expect((await one.call("call", [test.pixels[0]])).value).toMatchObject({ label });
  expect((await one.request("DELETE", "/app", undefined, { connection })).status).toBe(405);
  expect((await one.request("GET", "/app/other", undefined, { connection })).status).toBe(404);
});

it("answers 400 that names the input, what it wants and what was given", async () => {
  const one = await (await start(await bundleOf("digits-logreg.onnx"))).ready();
  const connection = await one.connect();
  const wrong = async (body: unknown) => {
    const answer = await one.request("POST", "/app", body, { connection });
    expect(answer).toMatchObject({ status: 400, headers: { "content-type": "application/problem+json" } });
    return JSON.parse(answer.text).detail as string;
  };
  expect(await wrong({ pixels: [1, 2, 3] })).toBe(
    'Input "pixels" wants shape [batch, 64] of float32; given shape [3].',
  );
  expect(await wrong({ pixels: [[1, 2], [3]] })).toMatch(/nested arrays of unequal length/);
  expect(await wrong({ image: [] })).toBe(
    'Input "pixels" is missing. Wanted "pixels": float32 [batch, 64]; given: "image".',
  );
  expect(await wrong({ pixels: test.pixels[0], extra: 1 })).toMatch(/no input "extra"/);
  expect(await wrong({ pixels: [test.pixels[0]?.with(5, "x" as never)] })).toMatch(
    /given shape \[1, 64\] with "x" at position 5/,
  );
  expect(await wrong("{not json")).toMatch(/not valid JSON/);
  expect(await wrong("7")).toMatch(/Send a JSON object/);
  // The process is none the worse.
  expect(JSON.parse((await one.request("POST", "/app", test.pixels[0], { connection })).text).label).toBe(
    test.labels[0],
  );
});

it("fails with ONNX Runtime's own message for a broken model", async () => {
  const one = await start(await bundleOf("broken", "this is no model"));
  expect((await one.agent.waitFor("failed")).message).toMatch(/protobuf parsing failed/i);
  expect((await one.exited).code).toBe(1);
});

it("goes on answering probes while the model runs", async () => {
  const one = await (await start(await bundleOf("digits-cnn.onnx"))).ready();
  const connection = await one.connect();
  const big = Array.from({ length: 20_000 }, (_, at) => test.pixels[at % 360]);
  const answer = one.request("POST", "/app", { pixels: big }, { connection });
  one.agent.send({ type: "probe", probeId: 9 });
  await one.agent.waitFor("health", ({ probeId, ok }) => probeId === 9 && ok);
  expect(JSON.parse((await answer).text).label.length).toBe(20_000);
});

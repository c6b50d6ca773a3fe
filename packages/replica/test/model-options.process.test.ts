/** What a spec and the code around a model can ask of it: batching, providers, threads, calls through handles. */
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { HostLaunch } from "@sluice/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildHost } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { callTyped } from "./models/typed-call.ts";
import { identitiesModel, identityModel, mlpModel } from "./models/sample-models.ts";
import { RunningHost } from "./running-host.ts";

let built: HostBuild;
const running: RunningHost[] = [];

beforeAll(async () => {
  built = await buildHost();
});
afterEach(async () => {
  for (const host of running.splice(0)) await host.stop();
});
afterAll(async () => {
  await built?.[Symbol.asyncDispose]();
});

/** The model lies in a folder of its bundle, as beside code. */
async function start(model: Buffer, options: Partial<HostLaunch> = {}): Promise<RunningHost> {
  const bundleDir = await mkdtemp(path.join(tmpdir(), "sluice-bundle-"));
  await mkdir(path.join(bundleDir, "models"));
  await writeFile(path.join(bundleDir, "models/m.onnx"), model);
  const launch = {
    bundleDir,
    runtime: "onnx" as const,
    importPath: "models/m.onnx",
    maxOngoingRequests: 100,
    ...options,
  };
  const host = await RunningHost.start({ hostFile: path.join(built.dir, "host.mjs"), launch });
  running.push(host);
  return host;
}

describe("a handle's predict(inputs)", () => {
  it("takes typed arrays and nested ones, and gives typed arrays with their shape", async () => {
    const host = await (await start(identitiesModel(["float32", "int64", "string", "bool", "float16"]))).ready();
    const inputs = {
      x_float32: Float32Array.of(1, 2, 3, 4),
      x_int64: { data: BigInt64Array.of(1n, 2n, 3n, 4n), shape: [2, 2] },
      x_string: [
        ["a", "b"],
        ["c", "d"],
      ],
      x_bool: { data: [true, false, true, false], shape: [2, 2] },
      x_float16: [
        [0.5, 1],
        [2, 4],
      ],
    };
    const shape = [2, 2];
    expect(await callTyped(host, "predict", [inputs])).toEqual({
      y_float32: { datatype: "FP32", shape, data: inputs.x_float32 },
      y_int64: { datatype: "INT64", shape, data: inputs.x_int64.data },
      y_string: { datatype: "BYTES", shape, data: ["a", "b", "c", "d"] },
      y_bool: { datatype: "BOOL", shape, data: Uint8Array.of(1, 0, 1, 0) },
      y_float16: { datatype: "FP16", shape, data: Uint16Array.of(0x3800, 0x3c00, 0x4000, 0x4400) },
    });
  });

  it("carries large tensors, and says what is wrong with others", async () => {
    const host = await (await start(identityModel("float32", ["batch", "width"]))).ready();
    const data = Float32Array.from({ length: 300_000 }, (_, at) => at);
    const answer = (await callTyped(host, "predict", [{ x: { data, shape: [3, 100_000] } }])) as {
      y: { data: unknown };
    };
    expect(answer.y.data).toEqual(data);
    const wrong = (x: unknown) => callTyped(host, "predict", [x]);
    await expect(wrong({ x: { data } })).rejects.toThrow(/shape is a list of whole numbers, not nothing/);
    await expect(wrong({ x: { data, shape: [3, 3] } })).rejects.toThrow(/wants shape \[3, 3\]/);
    await expect(wrong({ x: { data: [1], shape: [1] } })).rejects.toThrow(
      /wants shape \[batch, width\]; given shape \[1\]/,
    );
    await expect(wrong({})).rejects.toThrow(/Input "x" is missing/);
    await expect(wrong([1])).rejects.toThrow(/wants an object/);
    await expect(callTyped(host, "explain", [{}])).rejects.toThrow(/methods predict\(inputs\) and call\(input\)/);
  });

  it("converts numbers of another type with the checks of JSON", async () => {
    const host = await (await start(identityModel("float32", ["batch", 2]))).ready();
    expect(await callTyped(host, "predict", [{ x: Uint8Array.of(1, 2, 3, 4) }])).toMatchObject({
      y: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    });
    await expect(callTyped(host, "predict", [{ x: Float32Array.of(1, 2, 3) }])).rejects.toThrow(
      /a flat array of 3 values does not say its shape. Give {data, shape}/,
    );
  });
});

it("tells with each answer how long it waited for its batch, how many were in it, and the model's time", async () => {
  const batching = { max_batch_size: 4, batch_wait_timeout_s: 0.2 };
  const host = await (await start(mlpModel(2, 8), { batching })).ready();
  const connection = await host.connect();
  const ask = async () =>
    host.request(
      "POST",
      "/app",
      Array.from({ length: 8 }, () => 1),
      { connection },
    );
  const answers = await Promise.all(Array.from({ length: 4 }, ask));
  for (const { headers } of answers) {
    expect(headers["server-timing"]).toMatch(/^batch;dur=[0-9.]+;desc="4 of 4, full", model;dur=[0-9.]+$/);
  }
  expect((await ask()).headers["server-timing"]).toMatch(/desc="1 of 4, timeout"/);
});

it("says in its log why requests of a model do not run together", async () => {
  const host = await (await start(mlpModel(2, 8, 1))).ready();
  expect(host.stdout).toMatch(
    /App: requests do not run together: input "x" has the fixed shape \[1, 8\], without a free first axis/,
  );
});

describe("execution providers", () => {
  it.each([
    [["cuda", "cpu"], /^Execution provider cuda is not available on this node. Available: .*cpu/],
    [["cpu", "nonsense"], /^Execution provider nonsense is not available on this node. Available: .*cpu/],
  ])("%j that the node lacks end the start with what there is", async (executionProviders, message) => {
    const host = await start(identityModel("float32"), { executionProviders });
    expect((await host.agent.waitFor("failed")).message).toMatch(message);
    expect((await host.exited).code).toBe(1);
  });

  it("are the processor unless something else is said", async () => {
    const host = await (await start(identityModel("float32"), { executionProviders: ["cpu"] })).ready();
    expect(JSON.parse((await host.request("POST", "/app", [1, 2])).text)).toEqual({ y: [1, 2] });
  });
});

it("runs a model on as many threads as it was granted processors, rounded down, at least one", async () => {
  const threadsOf = async (cpus: number) => {
    const host = await (await start(mlpModel(2, 8), { cpus })).ready();
    const status = await readFile(`/proc/${host.process.pid}/status`, "utf8");
    return Number(/^Threads:\s+([0-9]+)$/m.exec(status)?.[1]);
  };
  const one = await threadsOf(0.5);
  expect(await threadsOf(1.9)).toBe(one);
  // ONNX Runtime starts the threads of a session beside the one that calls it.
  expect(await threadsOf(3)).toBe(one + 2);
});

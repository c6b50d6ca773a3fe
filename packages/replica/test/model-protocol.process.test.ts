/** The Open Inference Protocol of a model, end to end on the wire: every endpoint and datatype, in JSON and in binary. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHost } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { ask, outputsOf } from "./models/protocol-client.ts";
import { identitiesModel } from "./models/sample-models.ts";
import { elementTypes } from "./models/onnx-file.ts";
import type { ElementType } from "./models/onnx-file.ts";
import { RunningHost } from "./running-host.ts";

interface Sample {
  readonly type: ElementType;
  readonly wire: string;
  /** Two rows of two values. */
  readonly json: readonly unknown[];
  readonly bytes: Uint8Array;
}

const byteStrings = (...texts: string[]): Buffer =>
  Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(text));
      return [length, Buffer.from(text)];
    }),
  );
const raw = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer);

const samples: readonly Sample[] = [
  { type: "bool", wire: "BOOL", json: [true, false, false, true], bytes: Uint8Array.of(1, 0, 0, 1) },
  { type: "uint8", wire: "UINT8", json: [0, 1, 200, 255], bytes: Uint8Array.of(0, 1, 200, 255) },
  { type: "uint16", wire: "UINT16", json: [0, 1, 60_000, 65_535], bytes: raw(Uint16Array.of(0, 1, 60_000, 65_535)) },
  {
    type: "uint32",
    wire: "UINT32",
    json: [0, 1, 2, 4_294_967_295],
    bytes: raw(Uint32Array.of(0, 1, 2, 4_294_967_295)),
  },
  {
    type: "uint64",
    wire: "UINT64",
    json: [0, 1, 2, 9_007_199_254_740_991],
    bytes: raw(BigUint64Array.of(0n, 1n, 2n, 9_007_199_254_740_991n)),
  },
  { type: "int8", wire: "INT8", json: [-128, -1, 0, 127], bytes: raw(Int8Array.of(-128, -1, 0, 127)) },
  { type: "int16", wire: "INT16", json: [-32_768, -1, 0, 32_767], bytes: raw(Int16Array.of(-32_768, -1, 0, 32_767)) },
  {
    type: "int32",
    wire: "INT32",
    json: [-2_147_483_648, -1, 0, 7],
    bytes: raw(Int32Array.of(-2_147_483_648, -1, 0, 7)),
  },
  {
    type: "int64",
    wire: "INT64",
    json: [-9_007_199_254_740_991, -1, 0, 7],
    bytes: raw(BigInt64Array.of(-9_007_199_254_740_991n, -1n, 0n, 7n)),
  },
  {
    type: "float16",
    wire: "FP16",
    json: [0.5, -1.25, 65_504, 0],
    bytes: raw(Uint16Array.of(0x3800, 0xbd00, 0x7bff, 0)),
  },
  { type: "float32", wire: "FP32", json: [0.5, -1.25, 3, 0], bytes: raw(Float32Array.of(0.5, -1.25, 3, 0)) },
  { type: "float64", wire: "FP64", json: [0.1, -1.25, 1e300, 0], bytes: raw(Float64Array.of(0.1, -1.25, 1e300, 0)) },
  { type: "string", wire: "BYTES", json: ["a", "", "é", "日本"], bytes: byteStrings("a", "", "é", "日本") },
];

let built: HostBuild;
let host: RunningHost;

async function start(model: Buffer): Promise<RunningHost> {
  const bundleDir = await mkdtemp(path.join(tmpdir(), "sluice-bundle-"));
  await writeFile(path.join(bundleDir, "model.onnx"), model);
  const launch = {
    bundleDir,
    runtime: "onnx" as const,
    importPath: "model.onnx",
    deployment: "Types",
    maxOngoingRequests: 100,
  };
  return (await RunningHost.start({ hostFile: path.join(built.dir, "host.mjs"), launch })).ready();
}

beforeAll(async () => {
  built = await buildHost();
  host = await start(identitiesModel(samples.map(({ type }) => type)));
});

afterAll(async () => {
  await host?.stop();
  await built?.[Symbol.asyncDispose]();
});

const shape = [2, 2];
const jsonInput = ({ type, wire, json }: Sample) => ({ name: `x_${type}`, datatype: wire, shape, data: json });
const binaryInput = ({ type, wire, bytes }: Sample) => {
  return { name: `x_${type}`, datatype: wire, shape, parameters: { binary_data_size: bytes.length } };
};

describe("every datatype", () => {
  it("is one of the protocol's, and they are all here", () => {
    expect(samples.map(({ type }) => type).sort()).toEqual(Object.keys(elementTypes).sort());
  });

  it("goes in as JSON and comes out as JSON", async () => {
    const answer = await ask(host, "/v2/models/app/infer", { json: { id: "req 7", inputs: samples.map(jsonInput) } });
    expect(outputsOf(answer)).toEqual(
      samples.map(({ type, wire, json }) => ({ name: `y_${type}`, datatype: wire, shape, data: json })),
    );
    expect(answer.json).toMatchObject({ id: "req 7", model_name: "app", model_version: "1" });
    expect(answer.headers["content-type"]).toBe("application/json");
  });

  it("goes in nested as well", async () => {
    const nested = samples.map((sample) => ({
      ...jsonInput(sample),
      data: [sample.json.slice(0, 2), sample.json.slice(2)],
    }));
    const answer = await ask(host, "/v2/models/app/infer", { json: { inputs: nested } });
    expect(outputsOf(answer).map(({ data }) => data)).toEqual(samples.map(({ json }) => json));
  });

  it("goes in as bytes and comes out as bytes, wherever they lie", async () => {
    for (const padding of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const json = `${JSON.stringify({ inputs: samples.map(binaryInput), parameters: { binary_data_output: true } })}${" ".repeat(padding)}`;
      const answer = await ask(host, "/v2/models/app/infer", { json, binary: samples.map(({ bytes }) => bytes) });
      expect(outputsOf(answer)).toEqual(
        samples.map(({ type, wire, bytes }) => {
          return { name: `y_${type}`, datatype: wire, shape, parameters: { binary_data_size: bytes.length } };
        }),
      );
      expect(answer.headers["content-type"]).toBe("application/octet-stream");
      expect(answer.binary.equals(Buffer.concat(samples.map(({ bytes }) => bytes)))).toBe(true);
    }
  });

  it("is mixed as one likes: inputs in any order, some of them binary, outputs chosen", async () => {
    const inputs = samples
      .map((sample, index) => (index % 2 === 0 ? binaryInput(sample) : jsonInput(sample)))
      .reverse();
    const binary = samples
      .filter((_, index) => index % 2 === 0)
      .reverse()
      .map(({ bytes }) => bytes);
    const outputs = [{ name: "y_string" }, { name: "y_float16", parameters: { binary_data: true } }];
    const answer = await ask(host, "/v2/models/app/infer", { json: { inputs, outputs }, binary });
    expect(outputsOf(answer)).toEqual([
      { name: "y_string", datatype: "BYTES", shape, data: ["a", "", "é", "日本"] },
      { name: "y_float16", datatype: "FP16", shape, parameters: { binary_data_size: 8 } },
    ]);
    expect(new Uint16Array(Uint8Array.from(answer.binary).buffer)).toEqual(Uint16Array.of(0x3800, 0xbd00, 0x7bff, 0));
  });

  it("keeps 64-bit integers that JSON numbers cannot hold: in as digits or bytes, out as digits", async () => {
    const one = await start(identitiesModel(["int64", "uint64"]));
    try {
      const [low, high] = [`${-(2n ** 63n)}`, `${2n ** 64n - 1n}`];
      const inputs = [
        { name: "x_int64", datatype: "INT64", shape: [1, 2], data: [low, 1] },
        { name: "x_uint64", datatype: "UINT64", shape: [1, 2], data: [high, 1] },
      ];
      const answer = await one.request("POST", "/app/v2/models/app/infer", { inputs });
      expect(answer.text).toContain(`"data":[${low},1]`);
      expect(answer.text).toContain(`"data":[${high},1]`);
      const plain = JSON.parse(
        (await one.request("POST", "/app", { x_int64: [[low, 1]], x_uint64: [[high, 1]] })).text,
      );
      expect(plain).toEqual({ y_int64: [[low, 1]], y_uint64: [[high, 1]] });
    } finally {
      await one.stop();
    }
  });
});

describe("what a model tells", () => {
  it("is its metadata, with free dimensions as -1", async () => {
    const tensors = (prefix: string) =>
      samples.map(({ type, wire }) => ({ name: `${prefix}_${type}`, datatype: wire, shape: [-1, 2] }));
    const expected = { versions: ["3"], platform: "onnxruntime_onnx", inputs: tensors("x"), outputs: tensors("y") };
    for (const name of ["app", "Types"]) {
      const answer = await ask(host, `/v2/models/${name}`, { revision: 3 });
      expect(answer).toMatchObject({ status: 200, json: { name, ...expected } });
      expect(answer.headers["content-type"]).toBe("application/json");
    }
    expect((await ask(host, "/v2/models/app/versions/3", { revision: 3 })).json).toEqual({ name: "app", ...expected });
  });

  it.each([
    ["/v2", { name: "sluice", version: "0.1.0", extensions: ["binary_tensor_data"] }],
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { ready: true }],
    ["/v2/models", { models: ["app"] }],
    ["/v2/models/app/ready", { name: "app", ready: true }],
    ["/v2/models/Types/versions/1/ready", { name: "Types", ready: true }],
  ])("is the answer to %s", async (below, json) => {
    expect(await ask(host, below)).toMatchObject({ status: 200, json });
  });
});

describe("what is wrong", () => {
  const float = samples.find(({ type }) => type === "float32") as Sample;
  it.each([
    ["/v2/models/other", {}, 404, /no model "other" here. It is called "app"/],
    [
      "/v2/models/app/versions/9/infer",
      { json: {} },
      404,
      /given to version 1 of "app".*\/v2\/models\/app\/versions\/9/,
    ],
    ["/v2/models/app/explain", { json: {} }, 404, /\/ready and \/infer/],
    ["/v2/repository/index", { json: {} }, 404, /begin with \/v2\/models\/app/],
    ["/v2/nothing", {}, 404, /no \/v2\/nothing/],
    ["/v2/models/app/infer", {}, 405, /Use POST here, not GET/],
    ["/v2/models/app", { json: {} }, 405, /Use GET here, not POST/],
    ["/v2/health/live", { json: {} }, 405, /Use GET here/],
    ["/v2/models/app/infer", { json: "{" }, 400, /not valid JSON/],
    ["/v2/models/app/infer", { json: { inputs: [jsonInput(float)] } }, 400, /Input "x_bool" is missing/],
    ["/v2/models/app/infer", { json: {}, headers: ["content-encoding", "gzip"] }, 415, /encoded as gzip/],
    [
      "/v2/models/app/infer",
      { json: {}, headers: ["inference-header-content-length", "x"] },
      400,
      /Inference-Header-Content-Length/,
    ],
  ])("%s with %j is %d with its reason", async (below, given, status, message) => {
    const answer = await ask(host, below, given);
    expect(answer).toMatchObject({ status, headers: { "content-type": "application/json" } });
    expect(Object.keys(answer.json)).toEqual(["error"]);
    expect(answer.json["error"]).toMatch(message);
  });

  it("is the same for the plain door of a float16 model, which answers numbers", async () => {
    const one = await start(identitiesModel(["float16"]));
    try {
      expect(JSON.parse((await one.request("POST", "/app", [0.5, 1.5])).text)).toEqual({ y_float16: [0.5, 1.5] });
      expect((await one.request("POST", "/app", ["x", 1])).status).toBe(400);
    } finally {
      await one.stop();
    }
  });
});

it("gives the digits model's answers in the protocol: 345 of 360 right, in JSON and in binary alike", async () => {
  const digits = path.resolve(import.meta.dirname, "../../examples/digits");
  const test = JSON.parse(await readFile(path.join(digits, "digits-test.json"), "utf8")) as {
    labels: number[];
    pixels: number[][];
  };
  const one = await start(await readFile(path.join(digits, "digits-logreg.onnx")));
  try {
    const values = Float32Array.from(test.pixels.flat());
    const input = { name: "pixels", datatype: "FP32", shape: [360, 64] };
    const json = await ask(one, "/v2/models/app/infer", { json: { inputs: [{ ...input, data: [...values] }] } });
    const labels = outputsOf(json).find(({ name }) => name === "label")?.data as number[];
    expect(labels.filter((label, at) => label === test.labels[at]).length).toBe(345);
    const inputs = [{ ...input, parameters: { binary_data_size: values.byteLength } }];
    const outputs = [{ name: "label", parameters: { binary_data: true } }];
    const binary = await ask(one, "/v2/models/app/infer", { json: { inputs, outputs }, binary: [raw(values)] });
    expect([...new BigInt64Array(Uint8Array.from(binary.binary).buffer)].map(Number)).toEqual(labels);
  } finally {
    await one.stop();
  }
});

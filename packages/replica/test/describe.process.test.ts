import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DescribeResult } from "@sluice/contracts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";

let host: HostBuild;
const bundles: Record<string, string> = {};
const digitsDir = fileURLToPath(new URL("../../examples/digits/", import.meta.url));

beforeAll(async () => {
  host = await buildHost();
  for (const name of ["builder", "pipeline"]) bundles[name] = await prepareApp(name);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  for (const dir of Object.values(bundles)) await rm(dir, { recursive: true, force: true });
});

async function describe(request: object): Promise<{ result: DescribeResult; stderr: string; code: number | null }> {
  const child = spawn(process.execPath, [path.join(host.dir, "describe.mjs")], {
    env: { PATH: process.env["PATH"] ?? "" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(
    JSON.stringify({
      runtime: "node",
      bundle: "0".repeat(64),
      importPath: "app:app",
      args: {},
      envVars: {},
      ...request,
    }),
  );
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { result: DescribeResult.parse(JSON.parse(stdout)), stderr, code };
}

it("describes a builder with its args, and keeps what user code prints out of the answer", async () => {
  const { result, stderr, code } = await describe({ bundleDir: bundles["builder"], args: { greeting: "Salut" } });
  expect(result).toEqual({
    ok: true,
    description: {
      ingress: "App",
      deployments: [
        {
          options: { name: "App", runtime: "node", num_replicas: 2, ray_actor_options: { num_cpus: 0.2 } },
          outbound: [],
          methods: ["call"],
          hooks: [],
        },
      ],
    },
  });
  expect(stderr).toContain("printed while importing");
  expect(code).toBe(0);
});

it("describes a graph with its edges", async () => {
  const { result } = await describe({ bundleDir: bundles["pipeline"] });
  expect(result).toMatchObject({
    ok: true,
    description: {
      ingress: "Front",
      deployments: [
        { options: { name: "Doubler" }, outbound: [] },
        { options: { name: "Front" }, outbound: ["Doubler"] },
      ],
    },
  });
});

it("describes a model file with its inputs and outputs, under the file's name", async () => {
  const { result } = await describe({ runtime: "onnx", bundleDir: digitsDir, importPath: "digits-cnn.onnx" });
  expect(result).toMatchObject({
    ok: true,
    description: {
      ingress: "digits-cnn",
      deployments: [
        {
          options: { name: "digits-cnn", runtime: "onnx" },
          inputs: [{ name: "pixels", datatype: "float32", shape: ["batch", 64] }],
        },
      ],
    },
  });
});

it("answers the reason when the bundle has no such module, and does not leave it", async () => {
  expect((await describe({ bundleDir: bundles["builder"], importPath: "server:app" })).result).toMatchObject({
    ok: false,
    message: expect.stringMatching(/no module "server"/),
  });
  expect((await describe({ bundleDir: bundles["builder"], importPath: "../../etc/passwd:app" })).result).toMatchObject({
    ok: false,
    message: expect.stringMatching(/leaves the bundle/),
  });
  expect((await describe({ runtime: "onnx", bundleDir: digitsDir, importPath: "" })).result).toMatchObject({
    ok: false,
    message: expect.stringMatching(/several files/),
  });
});

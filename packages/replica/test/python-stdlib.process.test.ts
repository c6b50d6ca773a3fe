/** The example `python-stdlib` as its config.yaml deploys it, in a real host. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ApplicationSpec, ConfigFile } from "@sluice/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildHost } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { RunningPrograms } from "./running-program.ts";
import type { RunningHost } from "./running-host.ts";

const example = fileURLToPath(new URL("../../examples/python-stdlib/", import.meta.url));
const held = JSON.parse(readFileSync(`${example}../digits/digits-test.json`, "utf8")) as {
  labels: number[];
  pixels: number[][];
};
const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.skipIf(!hasPython)("a server of the Python standard library (skipped where python3 is missing)", () => {
  let build: HostBuild;
  let one: RunningHost;
  const programs = new RunningPrograms();

  beforeAll(async () => {
    build = await buildHost();
    const file = ConfigFile.parse(parse(readFileSync(`${example}config.yaml`, "utf8")));
    const [entry] = file.applications as [Record<string, unknown>];
    const spec = ApplicationSpec.parse({ ...entry, runtime_env: {} });
    const process = spec.deployments[0]?.process;
    one = await programs.start(build, {
      ...(process === undefined ? {} : { process }),
      launch: { bundleDir: example },
    });
    await one.ready();
  });
  afterAll(async () => {
    await programs.stopAll();
    await build[Symbol.asyncDispose]();
  });

  it("reads the held-out digits as well as the model it was made from", async () => {
    const { status, text } = await one.request("POST", "/app", { pixels: held.pixels });
    expect(status).toBe(200);
    const { label } = JSON.parse(text) as { label: number[] };
    expect(label.filter((digit, at) => digit !== held.labels[at])).toHaveLength(15);
  });

  it("answers one image alone, as the digits playground draws it", async () => {
    const { text } = await one.request("POST", "/app", { pixels: held.pixels[0] });
    const { probabilities, label } = JSON.parse(text) as { probabilities: number[]; label: number };
    expect(label).toBe(held.labels[0]);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
  });

  it("streams a line per image", async () => {
    const { text, headers } = await one.request("POST", "/app/stream", { pixels: held.pixels.slice(0, 5) });
    expect(headers["content-type"]).toBe("application/x-ndjson");
    const labels = text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { label: number }).label);
    expect(labels).toEqual(held.labels.slice(0, 5));
  });

  it.each(["{", { pixels: [1, 2] }, { image: 3 }, { pixels: Array.from({ length: 64 }, () => "x") }])(
    "answers its own 400 for %j",
    async (body) => {
      const { status, text } = await one.request("POST", "/app", body);
      expect(status).toBe(400);
      expect(JSON.parse(text)).toHaveProperty("error");
    },
  );
});

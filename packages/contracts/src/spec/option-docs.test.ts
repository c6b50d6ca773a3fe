import { expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import { deploymentBlocks } from "./spec-reference.ts";
import { deploymentDefaults } from "./resolved-deployment.ts";
import { RuntimeEnv } from "./runtime-env.ts";
import { defaultBatching, defaultExecutionProviders } from "./onnx-spec.ts";
import { ProcessSpec } from "./process-spec.ts";
import { applicationOptionDocs, deploymentOptionDocs } from "./option-docs.ts";

const keys = (schema: { shape: object }, prefix = ""): string[] =>
  Object.keys(schema.shape).map((key) => `${prefix}${key}`);

it("documents exactly the options of an application spec", () => {
  const documented = applicationOptionDocs.map((doc) => doc.name).sort();
  expect(documented).toEqual([...keys(ApplicationSpec), ...keys(RuntimeEnv, "runtime_env.")].sort());
});

it("documents exactly the options of a deployment", () => {
  const documented = deploymentOptionDocs.map((doc) => doc.name).sort();
  const blocks = Object.entries(deploymentBlocks).flatMap(([name, block]) =>
    keys(block, name === "" ? "" : `${name}.`),
  );
  expect(documented).toEqual(blocks.sort());
});

it("states the defaults that are applied", () => {
  for (const [name, value] of Object.entries(deploymentDefaults)) {
    const doc = deploymentOptionDocs.find((candidate) => candidate.name === name);
    if (typeof value === "number") expect(doc?.default, name).toBe(String(value));
  }
});

it("states the defaults of a command", () => {
  for (const [name, value] of Object.entries(ProcessSpec.parse({ command: ["x"] }))) {
    const doc = deploymentOptionDocs.find((candidate) => candidate.name === `process.${name}`);
    if (name !== "command") expect(doc?.default.split(" ")[0]).toBe(typeof value === "object" ? "{}" : String(value));
  }
});

it("states the defaults of a model", () => {
  const defaultOf = (name: string) => deploymentOptionDocs.find((doc) => doc.name === name)?.default;
  for (const [name, value] of Object.entries(defaultBatching))
    expect(defaultOf(`batching.${name}`)).toBe(String(value));
  expect(defaultOf("execution_providers")).toBe(`[${defaultExecutionProviders.join(", ")}]`);
});

it("has a title, a meaning, a range and an example for every option", () => {
  for (const doc of [...applicationOptionDocs, ...deploymentOptionDocs]) {
    for (const text of [doc.title, doc.meaning, doc.range, doc.example]) expect(text, doc.name).not.toBe("");
  }
});

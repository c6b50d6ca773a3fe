import { describe, expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import type { ApplicationSpecInput } from "./application-spec.ts";
import { nameModelDeployment, parseBundleRef, planDescribe } from "./describe-request.ts";

const sha = "b".repeat(64);
const plan = (input: Partial<ApplicationSpecInput>) => planDescribe(ApplicationSpec.parse({ name: "app", ...input }));

describe("planDescribe", () => {
  it("asks for code when there is an import path", () => {
    const runtime_env = { working_dir: `bundle:${sha}`, env_vars: { A: "1" } };
    expect(plan({ import_path: "app:app", runtime_env, args: { x: 1 } })).toEqual({
      ok: true,
      request: { runtime: "node", bundle: sha, importPath: "app:app", args: { x: 1 }, envVars: { A: "1" } },
    });
  });

  it("asks for the model when there is none, with the file inside the bundle", () => {
    const request = { runtime: "onnx", bundle: sha, args: {}, envVars: {} };
    expect(plan({ deployments: [{ name: "M", model: `bundle:${sha}/a/b.onnx` }] })).toEqual({
      ok: true,
      request: { ...request, importPath: "a/b.onnx" },
    });
    expect(plan({ runtime_env: { working_dir: `bundle:${sha}` } })).toEqual({
      ok: true,
      request: { ...request, importPath: "" },
    });
  });

  it.each([
    [{ import_path: "app:app" }, ["#/runtime_env/working_dir"]],
    [{}, ["#/import_path"]],
    [{ deployments: [{ name: "M" }] }, ["#/deployments/0/model"]],
    [{ deployments: [{ name: "M", runtime: "node" as const }] }, ["#/import_path"]],
    [{ deployments: [{ name: "M", model: `bundle:${sha}` }, { name: "N" }] }, ["#/deployments/1"]],
    [
      {
        import_path: "app:app",
        runtime_env: { working_dir: `bundle:${sha}` },
        deployments: [{ name: "M", runtime: "onnx" as const, model: `bundle:${sha}` }],
      },
      ["#/deployments/0/model", "#/deployments/0/runtime"],
    ],
  ])("refuses %j at its field", (input, pointers) => {
    const result = plan(input);
    expect(result.ok ? [] : result.issues.map((issue) => issue.pointer)).toEqual(pointers);
  });
});

it("splits a bundle reference into hash and file", () => {
  expect(parseBundleRef(`bundle:${sha}`)).toEqual({ sha256: sha, file: "" });
  expect(parseBundleRef(`bundle:${sha}/m/x.onnx`)).toEqual({ sha256: sha, file: "m/x.onnx" });
});

it("names the deployment of a model as the spec does", () => {
  const description = { ingress: "model", deployments: [{ options: { name: "model" }, outbound: [], methods: [] }] };
  const named = nameModelDeployment({ deployments: [{ name: "Digits" }] }, description);
  expect([named.ingress, named.deployments[0]?.options.name]).toEqual(["Digits", "Digits"]);
  expect(nameModelDeployment({ deployments: [] }, description)).toBe(description);
});

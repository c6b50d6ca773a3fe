import { describe, expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import type { ApplicationSpecInput } from "./application-spec.ts";
import { describeWithoutNode } from "./process-application.ts";
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

  it("asks for nothing that a command or its environment would change", () => {
    const command = { name: "M", runtime: "process" as const, process: { command: ["./serve"], env: { A: "1" } } };
    const request = { runtime: "process", bundle: "", importPath: "", args: {}, envVars: {} };
    expect(plan({ deployments: [command] })).toEqual({ ok: true, request });
    expect(plan({ deployments: [command], runtime_env: { working_dir: `bundle:${sha}` } })).toEqual({
      ok: true,
      request: { ...request, bundle: sha },
    });
  });

  it("takes a command without a runtime for what it is", () => {
    const result = plan({ deployments: [{ name: "M", process: { command: ["./serve"] } }] });
    expect(result.ok && result.request.runtime).toBe("process");
  });

  const command = { name: "M", runtime: "process" as const, process: { command: ["./serve"] } };
  it.each<[Partial<ApplicationSpecInput>, string[]]>([
    [{ deployments: [{ name: "M", runtime: "process" }] }, ["#/deployments/0/process"]],
    [{ deployments: [{ ...command, model: `bundle:${sha}` }] }, ["#/deployments/0/model"]],
    [{ deployments: [command, { name: "N" }] }, ["#/deployments/1"]],
    [{ deployments: [command], args: { a: 1 } }, ["#/args"]],
    [
      { deployments: [{ ...command, process: { command: ["a"], env: { PORT: "80", SLUICE_X: "1", OK: "1" } } }] },
      ["#/deployments/0/process/env/PORT", "#/deployments/0/process/env/SLUICE_X"],
    ],
    [
      { deployments: [command], runtime_env: { env_vars: { CUDA_VISIBLE_DEVICES: "0" } } },
      ["#/runtime_env/env_vars/CUDA_VISIBLE_DEVICES"],
    ],
    [{ deployments: [{ ...command, runtime: "onnx", model: `bundle:${sha}` }] }, ["#/deployments/0/process"]],
    [
      { import_path: "app:app", runtime_env: { working_dir: `bundle:${sha}` }, deployments: [command] },
      ["#/deployments/0/process", "#/deployments/0/runtime"],
    ],
  ])("refuses %j, which would have no effect", (input, pointers) => {
    const result = plan(input);
    expect(result.ok ? [] : result.issues.map((issue) => issue.pointer)).toEqual(pointers);
  });

  it.each([
    [{ command: "python3 server.py" }, "command"],
    [{ command: [] }, "command"],
    [{ command: [""] }, "command"],
    [{ command: ["a\0b"] }, "command/0"],
    [{ command: ["a"], working_dir: "../x" }, "working_dir"],
    [{ command: ["a"], working_dir: "/etc" }, "working_dir"],
    [{ command: ["a"], health_path: "health" }, "health_path"],
    [{ command: ["a"], health_path: "/a b" }, "health_path"],
    [{ command: ["a"], startup_timeout_s: 0 }, "startup_timeout_s"],
    [{ command: ["a"], env: { "A-B": "1" } }, "env/A-B"],
  ])("refuses %j at its field", (process, field) => {
    const parsed = ApplicationSpec.safeParse({ name: "app", deployments: [{ name: "M", process }] });
    expect(parsed.error?.issues.map((issue) => issue.path.slice(3).join("/"))).toEqual([field]);
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

it("describes a program without a node, and nothing else", () => {
  const request = { runtime: "process" as const, bundle: "", importPath: "", args: {}, envVars: {} };
  const known = describeWithoutNode(request);
  expect(known?.deployments[0]).toMatchObject({ options: { runtime: "process" }, methods: ["fetch"], outbound: [] });
  expect(describeWithoutNode({ ...request, runtime: "node" })).toBeNull();
});

it("names the deployment of a model as the spec does", () => {
  const description = { ingress: "model", deployments: [{ options: { name: "model" }, outbound: [], methods: [] }] };
  const named = nameModelDeployment({ deployments: [{ name: "Digits" }] }, description);
  expect([named.ingress, named.deployments[0]?.options.name]).toEqual(["Digits", "Digits"]);
  expect(nameModelDeployment({ deployments: [] }, description)).toBe(description);
});

import { deploymentDefaults, ProcessSpec, type ApplicationSpec, type ResolvedDeployment } from "@sluice/contracts";
import { expect, it } from "vitest";
import { buildAssignment, type AssignmentFacts } from "./build-assignment.ts";

const sha256 = "b".repeat(64);

const spec: ApplicationSpec = {
  name: "digits",
  route_prefix: "/digits",
  import_path: "app:app",
  runtime_env: { working_dir: `bundle:${sha256}`, env_vars: { MODE: "fast" } },
  args: { size: 3 },
  engine: "sluice",
  deployments: [],
};

const resolved: ResolvedDeployment = {
  ...deploymentDefaults,
  name: "model",
  runtime: "node",
  max_ongoing_requests: 8,
  ray_actor_options: {
    ...deploymentDefaults.ray_actor_options,
    num_cpus: 0.25,
    num_gpus: 1,
    memory: 1_000,
    resources: { lane: 1 },
  },
};

const facts: AssignmentFacts = {
  replicaId: "r1",
  application: "digits",
  applicationId: "a1",
  poolId: "p1",
  version: "v1",
  revision: 3,
  spec,
  resolved,
  configVersion: "c1",
  member: {
    rank: 0,
    worldSize: 1,
    wish: {
      resources: { cpus: 0.25, gpus: 1, memoryBytes: 1_000, custom: { lane: 1 } },
      labelSelector: {},
      acceleratorType: null,
    },
    gpuUuids: ["GPU-1"],
    rendezvous: null,
  },
};

it("tells the agent of code which bundle, import path, arguments and resources to use", () => {
  expect(buildAssignment(facts)).toMatchObject({
    replicaId: "r1",
    desired: "run",
    runtime: "node",
    bundle: sha256,
    importPath: "app:app",
    args: { size: 3 },
    envVars: { MODE: "fast" },
    maxOngoingRequests: 8,
    cpus: 0.25,
    memoryBytes: 1_000,
    custom: { lane: 1 },
    gpuUuids: ["GPU-1"],
    revision: 3,
  });
  expect(buildAssignment(facts)).not.toHaveProperty("userConfig");
});

it("tells the agent of a model its bundle and the file inside, whatever the working directory is", () => {
  const model = { ...resolved, runtime: "onnx" as const, model: `bundle:${"c".repeat(64)}/dir/model.onnx` };
  expect(buildAssignment({ ...facts, resolved: model })).toMatchObject({
    runtime: "onnx",
    bundle: "c".repeat(64),
    importPath: "dir/model.onnx",
  });
});

it("tells the agent of a program its command and the bundle of its files, if it has any", () => {
  const command = ProcessSpec.parse({ command: ["python3", "server.py", "{port}"] });
  const program = { ...resolved, runtime: "process" as const, process: command };
  const withFiles = { ...facts, spec: { ...spec, import_path: undefined }, resolved: program };
  expect(buildAssignment(withFiles)).toMatchObject({
    runtime: "process",
    bundle: sha256,
    importPath: "",
    process: { command: ["python3", "server.py", "{port}"], health_path: "/health" },
  });
  const withoutFiles = { ...facts, spec: { ...spec, import_path: undefined, runtime_env: {} }, resolved: program };
  expect(buildAssignment(withoutFiles).bundle).toBe("");
});

it("passes a user config on as it is, null included", () => {
  expect(buildAssignment({ ...facts, resolved: { ...resolved, user_config: null } })).toHaveProperty(
    "userConfig",
    null,
  );
});

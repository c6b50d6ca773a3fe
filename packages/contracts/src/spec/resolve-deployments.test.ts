import { describe, expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import type { ApplicationSpecInput } from "./application-spec.ts";
import type { BundleDescription } from "./bundle-description.ts";
import { DeploymentSpec } from "./deployment-options.ts";
import { ResolvedDeployment } from "./resolved-deployment.ts";
import { resolveDeployments } from "./resolve-deployments.ts";

const bundle = `bundle:${"a".repeat(64)}`;
const spec = (input: Partial<ApplicationSpecInput>) => ApplicationSpec.parse({ name: "app", ...input });
const code: BundleDescription = {
  ingress: "Api",
  deployments: [
    { options: { name: "Api", runtime: "node" }, outbound: ["Model"], methods: ["fetch"], hooks: [] },
    {
      options: { name: "Model", runtime: "node", num_replicas: 3, ray_actor_options: { num_cpus: 0.5, num_gpus: 1 } },
      outbound: [],
      methods: ["call"],
      hooks: ["reconfigure"],
    },
  ],
};

describe("resolveDeployments", () => {
  it("lays defaults, code and spec over each other, the last wins, actor options field by field", () => {
    const result = resolveDeployments(
      spec({ deployments: [{ name: "Model", max_ongoing_requests: 7, ray_actor_options: { num_cpus: 0.25 } }] }),
      code,
    );
    const model = result.ok ? result.deployments[1] : undefined;
    expect(model).toMatchObject({ num_replicas: 3, max_ongoing_requests: 7, health_check_period_s: 10 });
    expect(model?.ray_actor_options).toMatchObject({ num_cpus: 0.25, num_gpus: 1, memory: 0, resources: {} });
    expect(result.ok && result.ingress).toBe("Api");
  });

  it("gives complete options: every result satisfies the contract", () => {
    const result = resolveDeployments(spec({}), code);
    expect(result.ok).toBe(true);
    if (result.ok) for (const one of result.deployments) expect(ResolvedDeployment.safeParse(one).success).toBe(true);
  });

  it("keeps null apart from unset", () => {
    const limited: BundleDescription = {
      ingress: "A",
      deployments: [{ options: { name: "A", runtime: "node", max_replicas_per_node: 2 }, outbound: [], methods: [] }],
    };
    const unset = resolveDeployments(spec({ deployments: [{ name: "A" }] }), limited);
    const off = resolveDeployments(spec({ deployments: [{ name: "A", max_replicas_per_node: null }] }), limited);
    expect(unset.ok && unset.deployments[0]?.max_replicas_per_node).toBe(2);
    expect(off.ok && off.deployments[0]?.max_replicas_per_node).toBe(null);
  });

  it("takes the application's bundle as the model of an onnx deployment that names none", () => {
    const model: BundleDescription = {
      ingress: "M",
      deployments: [{ options: { name: "M", runtime: "onnx" }, outbound: [], methods: [], inputs: [], outputs: [] }],
    };
    const result = resolveDeployments(spec({ runtime_env: { working_dir: bundle } }), model);
    expect(result.ok && result.deployments[0]).toMatchObject({ runtime: "onnx", model: bundle });
  });

  it("refuses a deployment that the code lacks, at its name, and lists those it has", () => {
    const result = resolveDeployments(spec({ deployments: [{ name: "Api" }, { name: "Modle" }] }), code);
    expect(result).toEqual({
      ok: false,
      issues: [
        {
          pointer: "#/deployments/1/name",
          detail: "The application has no deployment `Modle`. It has `Api`, `Model`.",
        },
      ],
    });
  });

  it("refuses user_config where nothing can take it", () => {
    const wanted = spec({
      deployments: [
        { name: "Api", user_config: { a: 1 } },
        { name: "Model", user_config: 1 },
      ],
    });
    const result = resolveDeployments(wanted, code);
    expect(result.ok ? [] : result.issues.map((issue) => issue.pointer)).toEqual(["#/deployments/0/user_config"]);
  });

  it("keeps the command of a program, with its defaults, and refuses user_config: nothing could take it", () => {
    const program: BundleDescription = {
      ingress: "P",
      deployments: [{ options: { name: "P", runtime: "process" }, outbound: [], methods: ["fetch"], hooks: [] }],
    };
    const deployment = { name: "P", process: { command: ["./serve"] } };
    const result = resolveDeployments(spec({ deployments: [deployment] }), program);
    expect(result.ok && result.deployments[0]).toMatchObject({
      runtime: "process",
      process: { command: ["./serve"], env: {}, health_path: "/health", startup_timeout_s: 120 },
    });
    const refused = resolveDeployments(spec({ deployments: [{ ...deployment, user_config: 1 }] }), program);
    expect(refused.ok ? [] : refused.issues.map((issue) => issue.pointer)).toEqual(["#/deployments/0/user_config"]);
  });

  it.each([
    ["is described as a model", { name: "M" }, { inputs: [], outputs: [] }],
    ["has the runtime onnx by its spec", { name: "M", runtime: "onnx" as const }, {}],
  ])("refuses user_config for a deployment that %s: it runs no code", (_, override, described) => {
    const model: BundleDescription = {
      ingress: "M",
      deployments: [{ options: { name: "M" }, outbound: [], methods: [], ...described }],
    };
    const result = resolveDeployments(spec({ deployments: [{ ...override, user_config: { threshold: 1 } }] }), model);
    expect(result).toEqual({
      ok: false,
      issues: [
        {
          pointer: "#/deployments/0/user_config",
          detail: "`M` runs a model file, which has no code that could take it. Leave `user_config` out.",
        },
      ],
    });
  });
});

describe("options of a model", () => {
  const model = {
    ingress: "M",
    deployments: [{ options: { name: "M", runtime: "onnx" as const }, outbound: [], methods: [], inputs: [] }],
  };
  const resolve = (given: object, description: BundleDescription = model) =>
    resolveDeployments({ deployments: [DeploymentSpec.parse({ name: "M", ...given })], runtime_env: {} }, description);

  it("lets two batches be under way unless the spec says otherwise", () => {
    const ongoing = (given: object) => {
      const resolution = resolve(given);
      return resolution.ok ? resolution.deployments[0]?.max_ongoing_requests : resolution.issues;
    };
    expect(ongoing({})).toBe(64);
    expect(ongoing({ batching: { max_batch_size: 8 } })).toBe(16);
    expect(ongoing({ batching: { max_batch_size: 1 } })).toBe(5);
    expect(ongoing({ max_ongoing_requests: 3, batching: {} })).toBe(3);
  });

  it("finds a model that code put into its graph inside the application's own bundle", () => {
    const graph: BundleDescription = {
      ingress: "Api",
      deployments: [
        { options: { name: "net", runtime: "onnx" }, outbound: [], methods: ["predict"], modelFile: "models/net.onnx" },
        { options: { name: "Api", runtime: "node" }, outbound: ["net"], methods: ["call"] },
      ],
    };
    const resolved = resolveDeployments(spec({ runtime_env: { working_dir: bundle } }), graph);
    expect(resolved.ok ? resolved.deployments.map(({ model }) => model) : []).toEqual([
      `${bundle}/models/net.onnx`,
      undefined,
    ]);
  });

  it("refuses them at a deployment of code", () => {
    const code = {
      ingress: "M",
      deployments: [{ options: { name: "M" }, outbound: [], methods: ["fetch"], hooks: [] }],
    };
    const resolution = resolve({ batching: {}, execution_providers: ["cuda"] }, code);
    expect(resolution.ok ? [] : resolution.issues.map(({ pointer }) => pointer)).toEqual([
      "#/deployments/0/batching",
      "#/deployments/0/execution_providers",
    ]);
  });

  it.each([
    { batching: { max_batch_size: 0 } },
    { batching: { batch_wait_timeout_s: -1 } },
    { batching: { target_p99_ms: 0 } },
    { batching: { size: 3 } },
    { execution_providers: [] },
    { execution_providers: ["cpu", "cpu"] },
    { execution_providers: ["CUDAExecutionProvider"] },
    { execution_providers: ["cpu", "kuda"] },
  ])("refuses %j", (given) => {
    expect(DeploymentSpec.safeParse({ name: "M", ...given }).success).toBe(false);
  });
});

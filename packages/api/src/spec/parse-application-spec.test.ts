import { describe, expect, it } from "vitest";
import { parseApplicationSpec } from "./parse-application-spec.ts";

const bundle = `bundle:${"c".repeat(64)}`;
const model = { deployments: [{ name: "Digits", model: bundle }], route_prefix: "/digits" };
const pointers = (name: string | null, spec: unknown): string[] => {
  const parsed = parseApplicationSpec(name, spec);
  return parsed.ok ? [] : parsed.issues.map((issue) => issue.pointer);
};

describe("parseApplicationSpec", () => {
  it("takes an object, JSON text and YAML text alike", () => {
    const yaml = `route_prefix: /digits\ndeployments:\n  - name: Digits\n    model: ${bundle}\n`;
    const [fromObject, fromJson, fromYaml] = [model, JSON.stringify(model), yaml].map((spec) =>
      parseApplicationSpec("digits", spec),
    );
    expect(fromObject).toMatchObject({ ok: true, spec: { name: "digits", route_prefix: "/digits", engine: "sluice" } });
    expect(fromJson).toEqual(fromObject);
    expect(fromYaml).toEqual(fromObject);
  });

  it("takes the entry of a Ray Serve config file and points into it", () => {
    const file = { applications: [{ name: "other" }, { name: "digits", ...model }] };
    expect(parseApplicationSpec("digits", file)).toMatchObject({ ok: true, spec: { name: "digits" } });
    const broken = { applications: [{ name: "a" }, { name: "digits", ...model, route_prefix: "digits" }] };
    expect(pointers("digits", broken)).toEqual(["#/applications/1/route_prefix"]);
    expect(pointers("absent", { applications: [{ name: "a" }, { name: "b" }] })).toEqual(["#/applications"]);
  });

  it("refuses keys beside `applications` that would have no effect", () => {
    expect(pointers("digits", { http_options: { port: 9000 }, applications: [{ name: "digits", ...model }] })).toEqual([
      "#/http_options",
    ]);
  });

  it.each([
    [{ ...model, deployments: [{ name: "D", model: bundle, num_replicas: 0 }] }, ["#/deployments/0/num_replicas"]],
    [{ ...model, deployments: [{ name: "D", model: bundle, num_replicas: "many" }] }, ["#/deployments/0/num_replicas"]],
    [{ ...model, deployments: [{ name: "D", model: bundle, runtime: "java" }] }, ["#/deployments/0/runtime"]],
    [{ ...model, deployments: [{ name: "D", model: bundle, num_replica: 1 }] }, ["#/deployments/0/num_replica"]],
    [{ ...model, deployments: [{ name: "D", model: "x.onnx" }] }, ["#/deployments/0/model"]],
    [{ ...model, name: "other" }, ["#/name"]],
    [{ import_path: "app", runtime_env: { working_dir: bundle } }, ["#/import_path"]],
    [
      { import_path: "a:b", runtime_env: { working_dir: bundle }, deployments: [{ name: "A" }, { name: "A" }] },
      ["#/deployments/1/name"],
    ],
    [{ ...model, route_prefix: "/a/", engine: "ray" }, ["#/route_prefix", "#/engine"]],
    ["route_prefix: [", ["#"]],
    ["a: &a [x]\nb: *nope", ["#"]],
    [null, ["#"]],
    [[1], ["#"]],
  ])("points at what is wrong in %j", (spec, expected) => {
    expect(pointers("digits", spec)).toEqual(expected);
  });

  it("names the field, what was given and what is allowed for an execution provider that there is nowhere", () => {
    const deployments = [{ name: "D", model: bundle, execution_providers: ["cpu", "kuda"] }];
    expect(parseApplicationSpec("digits", { ...model, deployments })).toEqual({
      ok: false,
      issues: [
        {
          pointer: "#/deployments/0/execution_providers/1",
          detail:
            '`execution_providers` cannot hold "kuda". Allowed are `cpu`, `cuda`, `tensorrt`, `coreml`, `dml`, `qnn`, `webgpu`.',
        },
      ],
    });
  });

  it.each<[object, string]>([
    [{ num_replicas: 0 }, "At least 1. Here it is 0."],
    [{ num_replicas: "many" }, 'A whole number, or `auto`. Here it is "many".'],
    [
      { num_replicas: 1.5 },
      "1 to 1000, or `auto`; beside `autoscaling_config` a number means `initial_replicas`, for example `2`. Here it is 1.5.",
    ],
    [
      { ray_actor_options: { num_gpus: 1.5 } },
      "Up to 1 a fraction is fine; above it, whole GPUs only. Here it is 1.5.",
    ],
    [{ autoscaling_config: { min_replicas: 5, max_replicas: 2 } }, "At most `max_replicas`, which is 2. Here it is 5."],
    [{ runtime: "java" }, 'One of `node`, `onnx`, `process`. Here it is "java".'],
    [{ ray_actor_options: { memory: "1G" } }, 'A number: bytes, at least 0, for example `536870912`. Here it is "1G".'],
    [
      { ray_actor_options: { fallback_strategy: "b" } },
      "A list of {label_selector: ...}, for example `[{label_selector: {zone: c}}]`. Here it is a text.",
    ],
    [
      { autoscaling_config: [] },
      "Named fields, for example `{min_replicas: 1, max_replicas: 10}`. Here it is an empty list.",
    ],
    [{ backpressure_config: { retry_after_s: null, status_code: 500 } }, "503 or 429. Here it is 500."],
    [
      { runtime: "process", process: {} },
      "A list of texts, for example [python3, server.py, --port, '{port}']. There is no shell. It is missing.",
    ],
  ])("says of %j what would be right, and what stands there", (option, detail) => {
    const parsed = parseApplicationSpec("digits", { ...model, deployments: [{ name: "D", ...option }] });
    expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.detail)).toContain(detail);
  });

  it("repeats no value of a variable, an argument or a user_config, only its kind", () => {
    const parsed = parseApplicationSpec("digits", { ...model, runtime_env: { env_vars: { TOKEN: 424242 } } });
    expect(parsed.ok ? [] : parsed.issues).toEqual([
      { pointer: "#/runtime_env/env_vars/TOKEN", detail: "A text. Here it is a number." },
    ]);
  });

  it("repeats no free text, wherever a secret may stand", () => {
    const secret = "sk-SECRET123";
    const inDeployment = (option: object) => ({ ...model, deployments: [{ name: "D", model: bundle, ...option }] });
    const specs: unknown[] = [
      inDeployment({ runtime: "process", process: { command: `serve --api-key ${secret}` } }),
      inDeployment({ runtime: "process", process: { command: [], env: { "A B": secret } } }),
      inDeployment({ runtime: "process", process: { command: ["a"], env: secret, working_dir: `/${secret}` } }),
      inDeployment({ runtime: "process", process: { command: ["a"], health_path: secret } }),
      inDeployment({ model: secret }),
      inDeployment({ ray_actor_options: { label_selector: { zone: `in(${secret}` }, resources: { key: secret } } }),
      inDeployment({ ray_actor_options: { runtime_env: { env_vars: secret } } }),
      inDeployment({ user_config: secret, batching: secret }),
      { ...model, runtime_env: { env_vars: secret } },
      { ...model, runtime_env: { working_dir: secret } },
      { ...model, args: secret },
      { ...model, import_path: secret },
      { ...model, route_prefix: secret },
      `runtime_env: *${secret}`,
      `runtime_env: {env_vars: {A: 1}}}\n"${secret}"`,
      `a: "x" ${secret}`,
    ];
    const details = specs.flatMap((spec) => {
      const parsed = parseApplicationSpec("digits", spec);
      return parsed.ok ? [] : parsed.issues.map(({ detail }) => detail);
    });
    expect(details.length).toBeGreaterThanOrEqual(15);
    expect(details.filter((detail) => detail.includes(secret))).toEqual([]);
  });

  it("says of an unknown name which names its block takes, and calls only Ray Serve's those of Ray Serve", () => {
    const details = (spec: object) => {
      const parsed = parseApplicationSpec("digits", { ...model, ...spec });
      return parsed.ok ? [] : parsed.issues.map(({ detail }) => detail);
    };
    const inDeployment = (options: object) => details({ deployments: [{ name: "D", model: bundle, ...options }] });
    expect(inDeployment({ batching: { max_size: 3 } })).toEqual([
      "`max_size` is not known here. `batching` takes `max_batch_size`, `batch_wait_timeout_s`, `target_p99_ms`.",
    ]);
    expect(inDeployment({ num_replica: 3 })).toEqual(["`num_replica` is not known here. Did you mean `num_replicas`?"]);
    expect(inDeployment({ ray_actor_options: { label_selector: { "a b": "c" } } })).toEqual([
      "A label: letters, digits, `.`, `_`, `-`, `/`.",
    ]);
    expect(inDeployment({ replicas: 3 })[0]).toMatch(
      /^`replicas` is not known here\. .*those of Ray Serve, and `runtime`/,
    );
    expect(details({ prefix: "/x" })[0]).toMatch(/^`prefix` is not known here\. .*those of Ray Serve, and `engine`/);
  });

  it("explains every issue with a sentence", () => {
    const parsed = parseApplicationSpec("digits", {
      ...model,
      engine: "ray",
      deployments: [{ name: "", model: bundle }],
    });
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) for (const issue of parsed.issues) expect(issue.detail.length).toBeGreaterThan(10);
  });
});

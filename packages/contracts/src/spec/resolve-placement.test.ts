import { describe, expect, it } from "vitest";
import { DeploymentSpec } from "./deployment-options.ts";
import { resolveDeployments } from "./resolve-deployments.ts";

function resolve(given: object, code: object = {}) {
  const description = {
    ingress: "M",
    deployments: [
      { options: DeploymentSpec.parse({ name: "M", runtime: "node", ...code }), outbound: [], methods: ["call"] },
    ],
  };
  const deployments = [DeploymentSpec.parse({ name: "M", ...given })];
  return resolveDeployments({ deployments, runtime_env: {} }, description);
}

const placed = (given: object, code: object = {}) => {
  const result = resolve(given, code);
  return result.ok ? result.deployments[0] : result.issues;
};
const pointers = (given: object, code: object = {}) => {
  const result = resolve(given, code);
  return result.ok ? [] : result.issues.map(({ pointer }) => pointer.replace("#/deployments/0/", ""));
};

describe("bundles", () => {
  const bundles = [
    { CPU: 2, GPU: 1, memory: 5, lane: 1 },
    { CPU: 1, "accelerator_type:H100": 0.001 },
  ];

  it("become the members of a replica, rank 0 with what the actor says of its node", () => {
    const actor = { num_cpus: 1, num_gpus: 1, accelerator_type: "A100", label_selector: { zone: "a" } };
    const given = {
      placement_group_bundles: bundles,
      placement_group_strategy: "SPREAD",
      placement_group_bundle_label_selector: [{ tier: "1" }],
      ray_actor_options: actor,
    };
    expect(placed(given)).toMatchObject({
      ray_actor_options: actor,
      placement: {
        strategy: "SPREAD",
        fallback: [],
        bundles: [
          {
            num_cpus: 2,
            num_gpus: 1,
            memory: 5,
            resources: { lane: 1 },
            label_selector: { zone: "a", tier: "1" },
            accelerator_type: "A100",
          },
          {
            num_cpus: 1,
            num_gpus: 0,
            memory: 0,
            resources: {},
            label_selector: { tier: "1" },
            accelerator_type: "H100",
          },
        ],
      },
    });
  });

  it("give rank 0 the CPUs of the first one unless it says how many", () => {
    expect(placed({ placement_group_bundles: [{ GPU: 1 }] })).toMatchObject({ ray_actor_options: { num_cpus: 0 } });
    expect(placed({ placement_group_bundles: [{ CPU: 4 }] })).toMatchObject({ ray_actor_options: { num_cpus: 4 } });
  });

  it("have fallbacks that change only what they name", () => {
    const given = {
      placement_group_bundles: [{ CPU: 2 }, { CPU: 1 }],
      placement_group_bundle_label_selector: [{ zone: "a" }],
      placement_group_fallback_strategy: [
        { bundle_label_selector: [{ zone: "b" }, {}] },
        { bundles: [{ CPU: 2 }, { CPU: 0.5 }] },
      ],
    };
    expect(placed(given)).toMatchObject({
      placement: {
        fallback: [
          {
            bundles: [
              { num_cpus: 2, label_selector: { zone: "b" } },
              { num_cpus: 1, label_selector: {} },
            ],
          },
          {
            bundles: [
              { num_cpus: 2, label_selector: { zone: "a" } },
              { num_cpus: 0.5, label_selector: { zone: "a" } },
            ],
          },
        ],
      },
    });
  });

  it.each([
    [{ placement_group_bundles: [{ CPU: 1 }], ray_actor_options: { num_cpus: 2 } }, "placement_group_bundles/0"],
    [
      { placement_group_bundles: [{ CPU: 1 }], ray_actor_options: { resources: { lane: 1 } } },
      "placement_group_bundles/0",
    ],
    [{ placement_group_bundles: [{ CPU: 1 }], max_replicas_per_node: 1 }, "max_replicas_per_node"],
    [
      {
        placement_group_bundles: [{ CPU: 1 }, { CPU: 1 }, { CPU: 1 }],
        placement_group_bundle_label_selector: [{}, {}],
      },
      "placement_group_bundle_label_selector",
    ],
    [{ placement_group_bundle_label_selector: [{ zone: "a" }] }, "placement_group_bundle_label_selector"],
    [{ placement_group_fallback_strategy: [{}] }, "placement_group_fallback_strategy"],
    [
      {
        placement_group_bundles: [{ CPU: 1 }],
        placement_group_fallback_strategy: [{ bundles: [{ CPU: 1 }, { CPU: 1 }] }],
      },
      "placement_group_fallback_strategy/0/bundles",
    ],
    [
      {
        placement_group_bundles: [{ CPU: 1 }],
        ray_actor_options: { fallback_strategy: [{ label_selector: { zone: "b" } }] },
      },
      "ray_actor_options/fallback_strategy",
    ],
    [
      {
        placement_group_bundles: [{ CPU: 1 }],
        placement_group_bundle_label_selector: [{ zone: "b" }],
        ray_actor_options: { label_selector: { zone: "a" } },
      },
      "placement_group_bundle_label_selector/0/zone",
    ],
  ])("%j is refused at %s", (given, pointer) => {
    expect(pointers(given)).toEqual([pointer]);
  });

  it("of the code that do not fit the spec are refused at the deployment", () => {
    const result = resolve({ ray_actor_options: { num_cpus: 8 } }, { placement_group_bundles: [{ CPU: 1 }] });
    expect(result.ok ? [] : result.issues.map(({ pointer }) => pointer)).toEqual(["#/deployments/0"]);
  });
});

it("takes a strategy without bundles as one bundle of the actor's resources, and says so", () => {
  const result = resolve({ placement_group_strategy: "STRICT_PACK", ray_actor_options: { num_cpus: 0.5 } });
  expect(result).toMatchObject({
    ok: true,
    deployments: [{ placement: { strategy: "STRICT_PACK", bundles: [{ num_cpus: 0.5 }], fallback: [] } }],
    warnings: [
      {
        pointer: "#/deployments/0/placement_group_strategy",
        detail:
          "M: `placement_group_strategy: STRICT_PACK` without bundles is taken as one bundle of `ray_actor_options`.",
      },
    ],
  });
});

describe("other blocks", () => {
  it("lays variables of the deployment over those of its code, key by key", () => {
    const env = (vars: object) => ({ ray_actor_options: { runtime_env: { env_vars: vars } } });
    expect(placed(env({ A: "spec" }), env({ A: "code", B: "code" }))).toMatchObject({
      env_vars: { A: "spec", B: "code" },
    });
  });

  it.each([
    [{ log_level: "WARN" }, { level: "WARNING" }],
    [{ log_level: 10 }, { level: "DEBUG" }],
    [{ log_level: 25 }, { level: "WARNING" }],
    [{ log_level: 0 }, { level: "DEBUG" }],
    [
      { log_level: 50, encoding: "JSON" },
      { level: "CRITICAL", encoding: "JSON" },
    ],
    [{ enable_access_log: true, logs_dir: null, additional_log_standard_attrs: [] }, { access_log: true }],
  ])("reads logging_config %j as %j", (given, logging) => {
    expect(placed({ logging_config: given })).toMatchObject({ logging });
  });

  it("takes the application's logging only for deployments that have none", () => {
    const description = {
      ingress: "A",
      deployments: ["A", "B"].map((name) => ({ options: { name }, outbound: [], methods: ["call"] })),
    };
    const deployments = [DeploymentSpec.parse({ name: "B", logging_config: { encoding: "JSON" } })];
    const spec = { deployments, runtime_env: {}, logging_config: { log_level: "DEBUG" as const } };
    const result = resolveDeployments(spec, description);
    expect(result.ok && result.deployments.map(({ logging }) => logging)).toEqual([
      { level: "DEBUG" },
      { encoding: "JSON" },
    ]);
  });

  it("leaves a full queue to the gateway unless the deployment says otherwise", () => {
    expect(placed({})).not.toHaveProperty("backpressure");
    expect(placed({ backpressure_config: { status_code: 429 } })).toMatchObject({
      backpressure: { status_code: 429, retry_after_s: null },
    });
  });

  it.each([
    [{ num_replicas: "auto" }, "#/deployments/0/num_replicas"],
    [{ autoscaling_config: {} }, "#/deployments/0/autoscaling_config"],
  ])("refuses an outside scaler beside %j", (given, pointer) => {
    const description = { ingress: "M", deployments: [{ options: { name: "M" }, outbound: [], methods: ["call"] }] };
    const deployments = [DeploymentSpec.parse({ name: "M", ...given })];
    const result = resolveDeployments({ deployments, runtime_env: {}, external_scaler_enabled: true }, description);
    expect(result.ok ? [] : result.issues.map((issue) => issue.pointer)).toEqual([pointer]);
  });
});

import { describe, expect, it } from "vitest";
import { DeploymentSpec } from "./deployment-options.ts";
import { resolveReplicaCount } from "./resolve-replica-count.ts";

const layer = (given: object) => DeploymentSpec.parse({ name: "M", ...given });
const resolve = (spec: object, code: object = {}) => resolveReplicaCount(layer(code), layer(spec));

describe("how many replicas", () => {
  it("is one, or the number written, without autoscaling", () => {
    expect(resolve({})).toEqual({ num_replicas: 1, issues: [], warnings: [] });
    expect(resolve({ num_replicas: 3 })).toEqual({ num_replicas: 3, issues: [], warnings: [] });
    expect(resolve({ autoscaling_config: null }, { num_replicas: 4 })).toMatchObject({ num_replicas: 4 });
  });

  it.each(["auto", null])("%j is 1 to 100 replicas at a target of 2, with the config laid over it", (count) => {
    expect(resolve({ num_replicas: count })).toMatchObject({
      num_replicas: 1,
      autoscaling: { min_replicas: 1, initial_replicas: null, max_replicas: 100, target_ongoing_requests: 2 },
      warnings: [],
    });
    expect(resolve({ num_replicas: count, autoscaling_config: { min_replicas: 3 } }).autoscaling).toMatchObject({
      min_replicas: 3,
      max_replicas: 100,
    });
  });

  it("has every default of Ray Serve 2.58", () => {
    expect(resolve({ autoscaling_config: {} }).autoscaling).toEqual({
      min_replicas: 1,
      initial_replicas: null,
      max_replicas: 1,
      target_ongoing_requests: 2,
      metrics_interval_s: 10,
      look_back_period_s: 30,
      upscaling_factor: 1,
      downscaling_factor: 1,
      upscale_delay_s: 30,
      downscale_delay_s: 600,
      downscale_to_zero_delay_s: 600,
      aggregation_function: "mean",
      schedules: [],
      queue_fast_path: true,
    });
  });

  it("takes a number beside autoscaling as the initial one, and says so", () => {
    const both = resolve({ num_replicas: 2, autoscaling_config: { max_replicas: 4 } });
    expect(both).toMatchObject({ num_replicas: 2, autoscaling: { initial_replicas: 2 }, issues: [] });
    expect(both.warnings.map(({ path }) => path)).toEqual([["num_replicas"]]);
    const outside = resolve({ num_replicas: 9, autoscaling_config: { max_replicas: 4 } });
    expect(outside.issues).toEqual([
      {
        path: ["num_replicas"],
        detail:
          "Beside `autoscaling_config` it means `initial_replicas`: at most `max_replicas`, which is 4. Here it is 9.",
      },
    ]);
  });

  it("follows the spec where code says something else", () => {
    expect(resolve({ num_replicas: 2 }, { num_replicas: "auto" })).toEqual({
      num_replicas: 2,
      issues: [],
      warnings: [],
    });
    expect(resolve({ autoscaling_config: { max_replicas: 5 } }, { num_replicas: 3 })).toMatchObject({
      num_replicas: 1,
      autoscaling: { max_replicas: 5, initial_replicas: null },
      warnings: [],
    });
    expect(
      resolve({ num_replicas: "auto" }, { autoscaling_config: { max_replicas: 7 } }).autoscaling?.max_replicas,
    ).toBe(7);
  });

  it("begins with the minimum, which may be none", () => {
    expect(resolve({ autoscaling_config: { min_replicas: 0, max_replicas: 3 } }).num_replicas).toBe(0);
  });
});

describe("old names", () => {
  it.each([
    [{ smoothing_factor: 0.5 }, { upscaling_factor: 0.5, downscaling_factor: 0.5 }],
    [
      { smoothing_factor: 0.5, upscaling_factor: 2 },
      { upscaling_factor: 2, downscaling_factor: 0.5 },
    ],
    [{ upscale_smoothing_factor: 0.7 }, { upscaling_factor: 0.7, downscaling_factor: 1 }],
    [{ downscale_smoothing_factor: 0.3 }, { upscaling_factor: 1, downscaling_factor: 0.3 }],
    [{ target_num_ongoing_requests_per_replica: 4 }, { target_ongoing_requests: 4 }],
    [{ metrics_interval_s: 5 }, { metrics_interval_s: 5 }],
  ])("%j mean %j, each with a warning", (config, expected) => {
    const resolved = resolve({ autoscaling_config: config });
    expect(resolved.autoscaling).toMatchObject(expected);
    expect(resolved.warnings.map(({ path }) => path[1])).toEqual(
      Object.keys(config).filter((key) => key !== "upscaling_factor"),
    );
  });
});

describe("contradictions", () => {
  const paths = (given: object) => {
    const parsed = DeploymentSpec.safeParse({ name: "M", ...given });
    return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("/"));
  };

  it.each([
    [{ autoscaling_config: { min_replicas: 3, max_replicas: 2 } }, "autoscaling_config/min_replicas"],
    [{ autoscaling_config: { min_replicas: 3, initial_replicas: 2 } }, "autoscaling_config/initial_replicas"],
    [{ autoscaling_config: { max_replicas: 3, initial_replicas: 4 } }, "autoscaling_config/initial_replicas"],
    [{ autoscaling_config: { max_replicas: 0 } }, "autoscaling_config/max_replicas"],
    [{ autoscaling_config: { upscale_delay_s: -1 } }, "autoscaling_config/upscale_delay_s"],
    [{ autoscaling_config: { aggregation_function: "median" } }, "autoscaling_config/aggregation_function"],
    [{ autoscaling_config: { policy: { policy_function: "my:policy" } } }, "autoscaling_config/policy/policy_function"],
    [{ num_replicas: 2, autoscaling_config: { initial_replicas: 2 } }, "num_replicas"],
    [
      { autoscaling_config: { target_ongoing_requests: 2, target_num_ongoing_requests_per_replica: 2 } },
      "autoscaling_config/target_num_ongoing_requests_per_replica",
    ],
    [{ max_ongoing_requests: 2, max_concurrent_queries: 2 }, "max_concurrent_queries"],
    [
      { autoscaling_config: { schedules: [{ start: "0 8 * * *", end: "0 9 * * *" }] } },
      "autoscaling_config/schedules/0",
    ],
    [
      {
        autoscaling_config: { max_replicas: 2, schedules: [{ start: "0 8 * * *", end: "0 9 * * *", min_replicas: 3 }] },
      },
      "autoscaling_config/schedules/0/min_replicas",
    ],
    [
      { autoscaling_config: { schedules: [{ start: "0 25 * * *", end: "0 9 * * *", min_replicas: 3 }] } },
      "autoscaling_config/schedules/0/start",
    ],
    [
      {
        autoscaling_config: {
          schedules: [{ start: "0 8 * * *", end: "0 9 * * *", min_replicas: 3, timezone: "Mars/Olympus" }],
        },
      },
      "autoscaling_config/schedules/0/timezone",
    ],
    [{ num_replicas: 0 }, "num_replicas"],
    [{ num_replicas: 1.5 }, "num_replicas"],
    [{ rolling_update_percentage: 0 }, "rolling_update_percentage"],
    [{ rolling_update_percentage: 1.1 }, "rolling_update_percentage"],
    [{ backpressure_config: { status_code: 500 } }, "backpressure_config/status_code"],
    [{ backpressure_config: { retry_after_s: -1 } }, "backpressure_config/retry_after_s"],
    [{ request_router_config: { max_backoff_s: 1 } }, "request_router_config/max_backoff_s"],
    [{ request_router_config: { request_router_class: "my:Router" } }, "request_router_config/request_router_class"],
    [{ logging_config: { logs_dir: "/my" } }, "logging_config/logs_dir"],
    [{ logging_config: { log_level: "LOUD" } }, "logging_config/log_level"],
    [{ logging_config: { additional_log_standard_attrs: ["name"] } }, "logging_config/additional_log_standard_attrs/0"],
    [{ logging_config: { colour: true } }, "logging_config"],
    [{ ray_actor_options: { num_gpus: 1.5 } }, "ray_actor_options/num_gpus"],
    [{ ray_actor_options: { label_selector: { zone: "in(a" } } }, "ray_actor_options/label_selector/zone"],
    [{ placement_group_bundles: [] }, "placement_group_bundles"],
    [{ placement_group_bundles: [{}] }, "placement_group_bundles/0"],
    [{ placement_group_bundles: [{ num_cpus: 1 }] }, "placement_group_bundles/0/num_cpus"],
    [{ placement_group_strategy: "CLOSE" }, "placement_group_strategy"],
    [{ vram_bytes: 0 }, "vram_bytes"],
  ])("%j is refused at %s", (given, path) => {
    expect(paths(given)).toEqual([path]);
  });

  it("a bound that only the code makes impossible is refused at the spec's own field", () => {
    const resolved = resolve({ autoscaling_config: { min_replicas: 5 } });
    expect(resolved.issues).toEqual([
      { path: ["autoscaling_config", "min_replicas"], detail: "At most `max_replicas`, which is 1. Here it is 5." },
    ]);
  });
});

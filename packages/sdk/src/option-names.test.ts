import { expect, it } from "vitest";
import type { DeploymentOptions } from "./deployment-options.ts";
import { toDeploymentSpec } from "./describe-application.ts";

it("gives every option of the code the name that a spec has for it, blocks and lists of blocks too", () => {
  const options: DeploymentOptions = {
    numReplicas: "auto",
    autoscalingConfig: {
      minReplicas: 0,
      maxReplicas: 4,
      downscaleToZeroDelayS: 5,
      policy: { policyFunction: "ray.serve.autoscaling_policy:default_autoscaling_policy" },
      schedules: [{ start: "0 8 * * *", end: "0 9 * * *", minReplicas: 2 }],
    },
    backpressureConfig: { statusCode: 429, retryAfterS: 2 },
    loggingConfig: { logLevel: "DEBUG", enableAccessLog: true },
    requestRouterConfig: { initialBackoffS: 0.025 },
    rollingUpdatePercentage: 0.5,
    vramBytes: 1e9,
    placementGroupBundles: [{ CPU: 1, numCpus_of_mine: 1 }],
    placementGroupBundleLabelSelector: [{ someLabel: "a" }],
    placementGroupFallbackStrategy: [{ bundleLabelSelector: [{ someLabel: "b" }] }],
    rayActorOptions: {
      acceleratorType: "A100",
      fallbackStrategy: [{ labelSelector: { someLabel: "c" } }],
      runtimeEnv: { envVars: { someName: "1" } },
    },
    userConfig: { someKey: 1 },
  };
  expect(toDeploymentSpec("M", options)).toEqual({
    name: "M",
    runtime: "node",
    num_replicas: "auto",
    autoscaling_config: {
      min_replicas: 0,
      max_replicas: 4,
      downscale_to_zero_delay_s: 5,
      policy: { policy_function: "ray.serve.autoscaling_policy:default_autoscaling_policy" },
      schedules: [{ start: "0 8 * * *", end: "0 9 * * *", min_replicas: 2 }],
    },
    backpressure_config: { status_code: 429, retry_after_s: 2 },
    logging_config: { log_level: "DEBUG", enable_access_log: true },
    request_router_config: { initial_backoff_s: 0.025 },
    rolling_update_percentage: 0.5,
    vram_bytes: 1e9,
    placement_group_bundles: [{ CPU: 1, numCpus_of_mine: 1 }],
    placement_group_bundle_label_selector: [{ someLabel: "a" }],
    placement_group_fallback_strategy: [{ bundle_label_selector: [{ someLabel: "b" }] }],
    ray_actor_options: {
      accelerator_type: "A100",
      fallback_strategy: [{ label_selector: { someLabel: "c" } }],
      runtime_env: { env_vars: { someName: "1" } },
    },
    user_config: { someKey: 1 },
  });
});

it("refuses contradictions in the code in the spelling of the code", () => {
  const bounds = { autoscalingConfig: { minReplicas: 3, maxReplicas: 2 } };
  expect(() => toDeploymentSpec("M", bounds)).toThrow(
    "Options of deployment M: autoscalingConfig.minReplicas: At most `max_replicas`, which is 2.",
  );
});

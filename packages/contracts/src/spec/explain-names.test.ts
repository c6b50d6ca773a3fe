import { expect, it } from "vitest";
import { ApplicationSpec } from "./application-spec.ts";
import { DeploymentSpec } from "./deployment-options.ts";
import { explainNames, ownApplicationNames, ownDeploymentNames } from "./explain-names.ts";

it("tells all names of a block that is not Ray Serve's", () => {
  expect(explainNames(["deployments", 0, "batching"])).toBe(
    "`batching` takes `max_batch_size`, `batch_wait_timeout_s`, `target_p99_ms`.",
  );
  expect(explainNames(["deployments", 3, "process"])).toMatch(/^`process` takes `command`, `env`, .*\.$/);
  for (const block of ["batching", "process"]) expect(explainNames([block])).not.toContain("Ray");
});

it("tells of the large blocks what Ray Serve's documentation does not have", () => {
  expect(explainNames([])).toContain("names of an application are those of Ray Serve, and `engine`");
  expect(explainNames(["deployments", 0])).toContain(
    "names of a deployment are those of Ray Serve, and `runtime`, `model`",
  );
});

// Names of Ray Serve 2.58 and of its older releases that take effect here.
const ray = {
  application: "name route_prefix import_path runtime_env args deployments logging_config external_scaler_enabled",
  deployment:
    "name num_replicas max_ongoing_requests max_queued_requests user_config graceful_shutdown_wait_loop_s graceful_shutdown_timeout_s health_check_period_s health_check_timeout_s max_constructor_retry_count max_replicas_per_node ray_actor_options autoscaling_config backpressure_config rolling_update_percentage placement_group_bundles placement_group_strategy placement_group_bundle_label_selector placement_group_fallback_strategy logging_config request_router_config max_concurrent_queries",
};

it("counts as its own exactly the names that Ray Serve has not", () => {
  const sorted = (names: readonly string[]) => [...names].sort();
  expect(sorted([...ray.application.split(" "), ...ownApplicationNames])).toEqual(
    sorted(Object.keys(ApplicationSpec.shape)),
  );
  expect(sorted([...ray.deployment.split(" "), ...ownDeploymentNames])).toEqual(
    sorted(Object.keys(DeploymentSpec.shape)),
  );
});

it.each([
  [["deployments", 0], "num_replica", "num_replicas"],
  [["deployments", 0], "autoscale_config", "autoscaling_config"],
  [["deployments", 0], "max_ongiong_requests", "max_ongoing_requests"],
  [["deployments", 0, "autoscaling_config"], "min_replica", "min_replicas"],
  [["deployments", 0, "autoscaling_config", "schedules", 0], "time_zone", "timezone"],
  [["deployments", 1, "ray_actor_options"], "num_gpu", "num_gpus"],
  [[], "routeprefix", "route_prefix"],
])("at %j guesses that %s means %s", (path, written, meant) => {
  expect(explainNames(path, written)).toBe(`Did you mean \`${meant}\`?`);
});

it.each(["prefix", "x", "replicas_wanted_here"])("does not guess what `%s` could mean", (written) => {
  expect(explainNames([], written)).not.toContain("Did you mean");
});

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

// Names of the published JSON schema of Ray Serve 2.58 that take effect here.
const ray = {
  application: "name route_prefix import_path runtime_env args deployments",
  deployment:
    "name num_replicas max_ongoing_requests max_queued_requests user_config graceful_shutdown_wait_loop_s graceful_shutdown_timeout_s health_check_period_s health_check_timeout_s max_constructor_retry_count max_replicas_per_node ray_actor_options",
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

/** Every option block of Ray Serve's own guides loads as it stands, or is refused with the words that are listed here. */
import { readdirSync, readFileSync } from "node:fs";
import { ResolvedDeployment, resolveDeployments } from "@sluice/contracts";
import type { BundleDescription } from "@sluice/contracts";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseApplicationSpec } from "./parse-application-spec.ts";

const folder = new URL("../../../contracts/test/ray-tutorials/", import.meta.url);
const bundle = `bundle:${"d".repeat(64)}`;

interface Written {
  readonly applications: readonly {
    readonly name: string;
    readonly runtime_env?: object;
    readonly deployments?: readonly { readonly name: string }[];
  }[];
}

/** As `sluice deploy` sends it: the folder of the file as the bundle. */
function load(text: string): { warnings: string[]; issues: string[]; resolved: ResolvedDeployment[] } {
  const file = parse(text) as Written;
  const sent = {
    ...file,
    applications: file.applications.map((one) => ({
      ...one,
      runtime_env: { ...one.runtime_env, working_dir: bundle },
    })),
  };
  const all = { warnings: new Set<string>(), issues: [] as string[], resolved: [] as ResolvedDeployment[] };
  for (const { name, deployments = [] } of sent.applications) {
    const parsed = parseApplicationSpec(name, sent);
    if (!parsed.ok) {
      all.issues.push(...parsed.issues.map(({ pointer, detail }) => `${pointer}: ${detail}`));
      continue;
    }
    const names = deployments.length === 0 ? ["Default"] : deployments.map((deployment) => deployment.name);
    const description: BundleDescription = {
      ingress: names.at(-1) ?? "",
      deployments: names.map((each) => ({
        options: { name: each, runtime: "node" },
        outbound: [],
        methods: ["fetch"],
        hooks: ["reconfigure"],
      })),
    };
    const resolution = resolveDeployments(parsed.spec, description);
    for (const warning of parsed.warnings) all.warnings.add(warning);
    if (resolution.ok) {
      for (const { detail } of resolution.warnings) all.warnings.add(detail);
      all.resolved.push(...resolution.deployments);
    } else all.issues.push(...resolution.issues.map(({ pointer, detail }) => `${pointer}: ${detail}`));
  }
  return { ...all, warnings: [...all.warnings] };
}

const proxy = "`proxy_location` changes nothing: gateways are processes of their own and run where you start them.";
const http =
  "`http_options` changes nothing: a gateway listens where its own settings say (SLUICE_GATEWAY_HOST, SLUICE_GATEWAY_PORT).";

const interval = (name: string) =>
  `${name}: \`metrics_interval_s\` changes nothing: load is reported each half second, whatever it says.`;

const loading: Readonly<Record<string, readonly string[]>> = {
  "advanced-autoscaling.yaml": [
    interval("Model"),
    "HeavyLoad: `num_replicas: 1` beside `autoscaling_config` is taken as `initial_replicas`.",
  ],
  "autoscaling-guide.yaml": [],
  "autoscaling-old-names.yaml": [
    "Model: `smoothing_factor` is an old name, taken as `upscaling_factor` and `downscaling_factor`.",
    "Model: `upscale_smoothing_factor` is the old name of `upscaling_factor` and taken as that.",
    "Model: `downscale_smoothing_factor` is the old name of `downscaling_factor` and taken as that.",
    "Model: `target_num_ongoing_requests_per_replica` is the old name of `target_ongoing_requests` and taken as that.",
    interval("Model"),
    "Model: `max_concurrent_queries` is the old name of `max_ongoing_requests` and taken as that.",
  ],
  "configure-deployments.yaml": [],
  "dynamic-batching.yaml": [],
  "external-scaler.yaml": [],
  "getting-started.yaml": [proxy, http, "`grpc_options` changes nothing: there is no gRPC ingress."],
  "labels.yaml": [],
  "logging.yaml": [],
  "max-replicas-per-node.yaml": [],
  "model-composition.yaml": [],
  "performance.yaml": [
    "Api: `request_router_config` changes nothing: the router is power of two choices, with Ray's defaults.",
  ],
  "placement-groups.yaml": [
    "StrategyAlone: `placement_group_strategy: STRICT_PACK` without bundles is taken as one bundle of `ray_actor_options`.",
  ],
  "production-guide.yaml": [proxy, http],
  "resource-allocation.yaml": [],
  "updates.yaml": [],
};

describe("option blocks of Ray Serve's guides", () => {
  it("are all in this table", () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(loading));
  });

  it.each(Object.entries(loading))("%s loads", (name, warnings) => {
    const loaded = load(readFileSync(new URL(name, folder), "utf8"));
    expect(loaded.issues).toEqual([]);
    expect(loaded.warnings).toEqual(warnings);
    expect(loaded.resolved.length).toBeGreaterThan(0);
    for (const one of loaded.resolved) expect(ResolvedDeployment.parse(one)).toEqual(one);
  });

  it("take their logging from the innermost place that says something", () => {
    const { resolved } = load(readFileSync(new URL("logging.yaml", folder), "utf8"));
    expect(resolved.map(({ name, logging }) => [name, logging])).toEqual([
      ["Quiet", { level: "ERROR", access_log: false }],
      ["Loud", { level: "DEBUG", access_log: true }],
      ["Default", { level: "WARNING" }],
    ]);
  });
});

const deployment = (options: string) =>
  `applications: [{name: a, import_path: "a:b", deployments: [{name: M, ${options}}]}]`;

describe("option blocks that cannot take effect", () => {
  it.each([
    [
      "a router of one's own (custom request router, prefix-aware routing)",
      deployment("request_router_config: {request_router_class: 'custom_router:UniformRequestRouter'}"),
      "#/applications/0/deployments/0/request_router_config/request_router_class: The router is always power of two choices. Other routers are not available; leave it out.",
    ],
    [
      "statistics for such a router",
      deployment("request_router_config: {request_routing_stats_period_s: 2}"),
      "#/applications/0/deployments/0/request_router_config/request_routing_stats_period_s: Replicas are not asked for routing statistics. Only 10 is taken. Here it is 2.",
    ],
    [
      "an autoscaling policy of one's own",
      deployment("autoscaling_config: {policy: {policy_function: 'policies:scheduled_batch_processing_policy'}}"),
      "#/applications/0/deployments/0/autoscaling_config/policy/policy_function: Only Ray's default policy is available; policies of your own are not. Leave `policy` out.",
    ],
    [
      "the same for a whole application",
      "applications: [{name: a, import_path: 'a:b', autoscaling_policy: {policy_function: 'p:q'}}]",
      "#/applications/0/autoscaling_policy: Policies of your own are not available: `autoscaling_config` of a deployment runs Ray's default policy. Leave it out.",
    ],
    [
      "gangs",
      deployment("gang_scheduling_config: {gang_size: 4}"),
      "#/applications/0/deployments/0/gang_scheduling_config: Replicas that start and stop together are not available. A replica of several processes, placed all or not at all, is `placement_group_bundles: [{GPU: 1}, {GPU: 1}]`. Write that instead.",
    ],
    [
      "a folder of one's own for logs",
      deployment("logging_config: {logs_dir: /my_dirs}"),
      "#/applications/0/deployments/0/logging_config/logs_dir: Replicas log to rotated files in the folder of their node's agent. Leave `logs_dir` out.",
    ],
    [
      "attributes of Python's log records",
      deployment("logging_config: {additional_log_standard_attrs: [name]}"),
      "#/applications/0/deployments/0/logging_config/additional_log_standard_attrs/0: Attributes of Python's log records do not exist here. Leave them out.",
    ],
    [
      "another folder of code per deployment",
      deployment("ray_actor_options: {runtime_env: {working_dir: 'https://example.com/a.zip'}}"),
      "#/applications/0/deployments/0/ray_actor_options/runtime_env/working_dir: All deployments of an application run its one bundle. Write `working_dir` in `runtime_env` of the application.",
    ],
    [
      "Python packages",
      "applications: [{name: a, import_path: 'a:b', runtime_env: {pip: [torch]}}]",
      "#/applications/0/runtime_env/pip: Python environments are not available yet: install what is needed on the nodes, and start it with the runtime `process`. Leave it out.",
    ],
    [
      "another port",
      "http_options: {port: 8001}\napplications: [{name: a, import_path: 'a:b'}]",
      "#/http_options: This is a setting of the gateway process, not of an application. Set it in the gateway's environment. (SLUICE_GATEWAY_HOST, SLUICE_GATEWAY_PORT.) Leave this out.",
    ],
    [
      "gRPC",
      "grpc_options: {port: 9000, grpc_servicer_functions: [a.b.add_Servicer]}\napplications: [{name: a, import_path: 'a:b'}]",
      "#/grpc_options: gRPC ingress is not available: requests come over HTTP/1.1, HTTP/2 or WebSocket. Leave this out.",
    ],
    [
      "target_capacity",
      "target_capacity: 50\napplications: [{name: a, import_path: 'a:b'}]",
      "#/target_capacity: `target_capacity` is not available yet. Leave it out and set `num_replicas` per deployment.",
    ],
    [
      "helper actors",
      deployment("deployment_actors: [{name: cache, actor_class: 'a:C'}]"),
      "#/applications/0/deployments/0/deployment_actors: Shared helper actors are not available. Make the helper a deployment and call it by its handle.",
    ],
    [
      "an outside scaler beside autoscaling",
      "applications: [{name: a, import_path: 'a:b', external_scaler_enabled: true, deployments: [{name: M, num_replicas: auto}]}]",
      "#/deployments/0/num_replicas: The application has `external_scaler_enabled: true`: the number comes from outside. Leave autoscaling out, or that.",
    ],
  ])("%s: refused", (_, text, refusal) => {
    expect(load(text).issues).toEqual([refusal]);
  });
});

/** One deployment: what code and spec say of each option, with Ray Serve's defaults. */
import type { ApplicationSpec } from "./application-spec.ts";
import type { DescribedDeployment } from "./bundle-description.ts";
import type { DeploymentSpec } from "./deployment-options.ts";
import { resolveBackpressure } from "./backpressure-config.ts";
import { resolveLogging } from "./logging-config.ts";
import { modelOngoingRequests } from "./onnx-spec.ts";
import type { OptionIssue } from "./option-conflicts.ts";
import { resolveActorOptions, resolveEnvVars } from "./resolve-actor-options.ts";
import { resolvePlacement } from "./resolve-placement.ts";
import { resolveReplicaCount } from "./resolve-replica-count.ts";
import { deploymentDefaults, type ResolvedDeployment } from "./resolved-deployment.ts";

export interface OneResolved {
  readonly deployment: ResolvedDeployment;
  readonly issues: readonly OptionIssue[];
  readonly warnings: readonly OptionIssue[];
}

/** Taken as they are written; the rest has a function of its own. */
const plainOptions = [
  "process",
  "batching",
  "execution_providers",
  "max_queued_requests",
  "user_config",
  "health_check_period_s",
  "health_check_timeout_s",
  "graceful_shutdown_wait_loop_s",
  "graceful_shutdown_timeout_s",
  "max_constructor_retry_count",
  "rolling_update_percentage",
  "max_replicas_per_node",
  "vram_bytes",
] as const satisfies readonly (keyof DeploymentSpec & keyof ResolvedDeployment)[];

export function resolveDeployment(
  described: DescribedDeployment,
  override: DeploymentSpec,
  application: Pick<ApplicationSpec, "runtime_env"> &
    Partial<Pick<ApplicationSpec, "logging_config" | "external_scaler_enabled">>,
): OneResolved {
  const code = described.options;
  const merged = layered(code, override);
  const runtime = override.runtime ?? code.runtime ?? (described.inputs === undefined ? "node" : "onnx");
  const model =
    override.model ??
    code.model ??
    (runtime === "onnx" ? ownModel(described, application.runtime_env.working_dir) : undefined);
  const { issues: countIssues, warnings: countWarnings, ...count } = resolveReplicaCount(code, override);
  const actor = resolveActorOptions(code, override);
  const placed = resolvePlacement(merged, actor);
  const backpressure = resolveBackpressure(merged.backpressure_config);
  const logging = resolveLogging(merged.logging_config ?? application.logging_config ?? undefined);
  const deployment: ResolvedDeployment = {
    ...deploymentDefaults,
    ...(pickDefined(merged, plainOptions) as Partial<ResolvedDeployment>),
    ...count,
    name: code.name,
    runtime,
    ...(model === undefined ? {} : { model }),
    max_ongoing_requests: ongoingOf(override) ?? ongoingOf(code) ?? defaultOngoing(runtime, merged),
    ...(backpressure === undefined ? {} : { backpressure }),
    ray_actor_options: actor,
    ...(placed.placement === undefined ? {} : { placement: placed.placement }),
    env_vars: resolveEnvVars(code, override),
    ...(logging === undefined ? {} : { logging }),
  };
  return {
    deployment,
    issues: [...countIssues, ...placed.issues, ...scalerIssues(merged, application, deployment)],
    warnings: [...countWarnings, ...placed.warnings, ...nameWarnings(merged), ...routerWarnings(merged)],
  };
}

/** Whole options, the spec over the code; `undefined` must not overwrite what lies below. */
function layered(code: DeploymentSpec, override: DeploymentSpec): DeploymentSpec {
  const set = Object.entries(override).filter(([, value]) => value !== undefined);
  return { ...code, ...(Object.fromEntries(set) as DeploymentSpec) };
}

function pickDefined<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(keys.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]]))) as Partial<
    Pick<T, K>
  >;
}

/** The model inside the application's own bundle: the named file, or the only one. */
function ownModel({ modelFile }: DescribedDeployment, workingDir: string | undefined): string | undefined {
  return workingDir === undefined || modelFile === undefined ? workingDir : `${workingDir}/${modelFile}`;
}

function ongoingOf({ max_ongoing_requests: now, max_concurrent_queries: old }: DeploymentSpec): number | undefined {
  return now ?? old;
}

function defaultOngoing(runtime: string, { batching }: DeploymentSpec): number {
  return runtime === "onnx" ? modelOngoingRequests(batching) : deploymentDefaults.max_ongoing_requests;
}

/** As in Ray: the number has one owner. */
function scalerIssues(
  { num_replicas: count }: DeploymentSpec,
  { external_scaler_enabled: isExternal }: Partial<Pick<ApplicationSpec, "external_scaler_enabled">>,
  { autoscaling }: ResolvedDeployment,
): OptionIssue[] {
  if (isExternal !== true || autoscaling === undefined) return [];
  const isAuto = count === "auto" || count === null;
  const detail =
    "The application has `external_scaler_enabled: true`: the number comes from outside. Leave autoscaling out, or that.";
  return [{ path: [isAuto ? "num_replicas" : "autoscaling_config"], detail }];
}

function nameWarnings({ max_concurrent_queries: old }: DeploymentSpec): OptionIssue[] {
  if (old === undefined) return [];
  const detail = "`max_concurrent_queries` is the old name of `max_ongoing_requests` and taken as that.";
  return [{ path: ["max_concurrent_queries"], detail }];
}

function routerWarnings({ request_router_config: config }: DeploymentSpec): OptionIssue[] {
  if (config === undefined) return [];
  const detail = "`request_router_config` changes nothing: the router is power of two choices, with Ray's defaults.";
  return [{ path: ["request_router_config"], detail }];
}

import { canonicalJson } from "./canonical-json.ts";
import type { JsonLike } from "./canonical-json.ts";

/** What decides the version of a deployment: code, options that need a new process, options a running one can take. */
export interface VersionedDeployment {
  readonly name: string;
  readonly runtime: string;
  readonly model?: string | undefined;
  /** What the runtime `process` starts. */
  readonly process?: JsonLike | undefined;
  /** How the runtime `onnx` runs its model. */
  readonly batching?: JsonLike | undefined;
  readonly execution_providers?: JsonLike | undefined;
  readonly max_ongoing_requests: number;
  readonly user_config?: JsonLike | undefined;
  readonly health_check_period_s: number;
  readonly health_check_timeout_s: number;
  readonly graceful_shutdown_wait_loop_s: number;
  readonly graceful_shutdown_timeout_s: number;
  readonly max_replicas_per_node: number | null;
  readonly ray_actor_options: {
    readonly num_cpus: number;
    readonly num_gpus: number;
    readonly memory: number;
    readonly resources: Readonly<Record<string, number>>;
  };
}

/** The code an application's deployments come from. */
export interface VersionedCode {
  /** sha256 of the bundle; empty for a pure model application, whose `model` names it. */
  readonly bundle: string;
  readonly importPath: string;
  readonly args: Readonly<Record<string, JsonLike>>;
  readonly envVars: Readonly<Record<string, string>>;
}

/**
 * Canonical text of the restart-class fields: another text means other processes. Its sha256 is the deployment's version.
 * Replica counts, queue limits and retry counts are in neither text: they change nothing in a replica.
 */
export function restartVersionInput(code: VersionedCode, deployment: VersionedDeployment): string {
  const { num_cpus, num_gpus, memory, resources } = deployment.ray_actor_options;
  return canonicalJson({
    name: deployment.name,
    runtime: deployment.runtime,
    model: deployment.model,
    process: deployment.process,
    batching: deployment.batching,
    execution_providers: deployment.execution_providers,
    bundle: code.bundle,
    import_path: code.importPath,
    args: code.args,
    env_vars: code.envVars,
    ray_actor_options: { num_cpus, num_gpus, memory, resources },
    max_replicas_per_node: deployment.max_replicas_per_node,
  });
}

/** Canonical text of the reconfigure-class fields: with an equal version, another text means another pool. */
export function reconfigureVersionInput(deployment: VersionedDeployment): string {
  return canonicalJson({
    max_ongoing_requests: deployment.max_ongoing_requests,
    user_config: deployment.user_config,
    health_check_period_s: deployment.health_check_period_s,
    health_check_timeout_s: deployment.health_check_timeout_s,
    graceful_shutdown_wait_loop_s: deployment.graceful_shutdown_wait_loop_s,
    graceful_shutdown_timeout_s: deployment.graceful_shutdown_timeout_s,
  });
}

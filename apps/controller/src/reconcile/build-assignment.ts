import { createHash } from "node:crypto";
import type { ApplicationSpec, Assignment, ResolvedDeployment } from "@sluice/contracts";
import { parseBundleRef } from "@sluice/contracts";
import { reconfigureVersionInput } from "@sluice/domain";

export interface AssignmentFacts {
  readonly replicaId: string;
  readonly application: string;
  readonly applicationId: string;
  readonly poolId: string;
  readonly version: string;
  readonly revision: number;
  readonly spec: ApplicationSpec;
  readonly resolved: ResolvedDeployment;
  readonly gpuUuids: readonly string[];
}

/** Everything an agent needs to run a replica, from the revision the replica was made for. */
export function buildAssignment(facts: AssignmentFacts): Assignment {
  const { spec, resolved } = facts;
  const code =
    resolved.runtime === "onnx"
      ? parseBundleRef(resolved.model ?? "")
      : parseBundleRef(spec.runtime_env.working_dir ?? "");
  return {
    replicaId: facts.replicaId,
    rank: 0,
    worldSize: 1,
    desired: "run",
    application: facts.application,
    applicationId: facts.applicationId,
    deployment: resolved.name,
    poolId: facts.poolId,
    version: facts.version,
    revision: facts.revision,
    runtime: resolved.runtime,
    ...(resolved.process === undefined ? {} : { process: resolved.process }),
    ...(resolved.batching === undefined ? {} : { batching: resolved.batching }),
    ...(resolved.execution_providers === undefined ? {} : { executionProviders: resolved.execution_providers }),
    bundle: code.sha256,
    importPath: resolved.runtime === "onnx" ? code.file : (spec.import_path ?? ""),
    args: spec.args,
    envVars: spec.runtime_env.env_vars ?? {},
    // As the pool's reconfigureHash.
    configVersion: createHash("sha256").update(reconfigureVersionInput(resolved)).digest("hex"),
    ...(resolved.user_config === undefined ? {} : { userConfig: resolved.user_config }),
    maxOngoingRequests: resolved.max_ongoing_requests,
    cpus: resolved.ray_actor_options.num_cpus,
    memoryBytes: resolved.ray_actor_options.memory,
    custom: resolved.ray_actor_options.resources,
    gpuUuids: [...facts.gpuUuids],
    healthCheckPeriodS: resolved.health_check_period_s,
    healthCheckTimeoutS: resolved.health_check_timeout_s,
    gracefulShutdownWaitLoopS: resolved.graceful_shutdown_wait_loop_s,
    gracefulShutdownTimeoutS: resolved.graceful_shutdown_timeout_s,
  };
}

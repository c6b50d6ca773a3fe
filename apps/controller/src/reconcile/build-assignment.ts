import type { ApplicationSpec, Assignment, ReplicaLogging, ResolvedDeployment } from "@sluice/contracts";
import { parseBundleRef } from "@sluice/contracts";
import type { MemberWish } from "@sluice/domain";

export interface AssignmentFacts {
  readonly replicaId: string;
  readonly application: string;
  readonly applicationId: string;
  readonly poolId: string;
  readonly version: string;
  /** The pool's hash of what a running replica can take on. */
  readonly configVersion: string;
  readonly revision: number;
  readonly spec: ApplicationSpec;
  readonly resolved: ResolvedDeployment;
  readonly member: AssignedMember;
}

/** One process of the replica. */
export interface AssignedMember {
  readonly rank: number;
  readonly worldSize: number;
  /** What it was granted: the deployment's wish, or the fallback that found room. */
  readonly wish: MemberWish;
  readonly gpuUuids: readonly string[];
  /** Where the members find rank 0; null for a replica of one. */
  readonly rendezvous: { readonly host: string; readonly port: number } | null;
}

/** Everything an agent needs to run a replica, from the revision the replica was made for. */
export function buildAssignment(facts: AssignmentFacts): Assignment {
  const { spec, resolved, member } = facts;
  const code =
    resolved.runtime === "onnx"
      ? parseBundleRef(resolved.model ?? "")
      : parseBundleRef(spec.runtime_env.working_dir ?? "");
  return {
    replicaId: facts.replicaId,
    rank: member.rank,
    worldSize: member.worldSize,
    ...(member.rendezvous === null ? {} : { rendezvous: member.rendezvous }),
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
    envVars: { ...spec.runtime_env.env_vars, ...resolved.env_vars },
    configVersion: facts.configVersion,
    ...(resolved.logging === undefined ? {} : { logging: loggingOf(resolved.logging) }),
    ...(resolved.user_config === undefined ? {} : { userConfig: resolved.user_config }),
    maxOngoingRequests: resolved.max_ongoing_requests,
    cpus: member.wish.resources.cpus,
    memoryBytes: member.wish.resources.memoryBytes,
    custom: { ...member.wish.resources.custom },
    gpuUuids: [...member.gpuUuids],
    healthCheckPeriodS: resolved.health_check_period_s,
    healthCheckTimeoutS: resolved.health_check_timeout_s,
    gracefulShutdownWaitLoopS: resolved.graceful_shutdown_wait_loop_s,
    gracefulShutdownTimeoutS: resolved.graceful_shutdown_timeout_s,
  };
}

function loggingOf({
  encoding,
  level,
  access_log: accessLog,
}: NonNullable<ResolvedDeployment["logging"]>): ReplicaLogging {
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(level === undefined ? {} : { level }),
    ...(accessLog === undefined ? {} : { accessLog }),
  };
}

import type { Assignment } from "@sluice/contracts";

export interface HostEnvironmentInput {
  readonly assignment: Pick<
    Assignment,
    | "runtime"
    | "replicaId"
    | "rank"
    | "worldSize"
    | "application"
    | "deployment"
    | "version"
    | "envVars"
    | "cpus"
    | "gpuUuids"
    | "rendezvous"
  >;
  /** Allow-listed variables of the agent. */
  readonly inherited: Readonly<Record<string, string>>;
  readonly logLevel: string;
  readonly logFormat: string;
}

/**
 * Environment of a host. The user's variables win over what is inherited and over the thread caps; what the agent decides
 * (visible GPUs, SLUICE_*) wins over the user's, else a replica could take another's GPU.
 */
export function planHostEnvironment({
  assignment,
  inherited,
  logLevel,
  logFormat,
}: HostEnvironmentInput): Record<string, string> {
  return {
    ...inherited,
    ...planThreadCaps(assignment.cpus),
    // A program's variables are for the program, which its host starts with them; NODE_OPTIONS, say, would reach the host as well.
    ...(assignment.runtime === "process" ? {} : assignment.envVars),
    ...planMemberVariables(assignment),
    CUDA_DEVICE_ORDER: "PCI_BUS_ID",
    // Empty, not absent: absent would mean all GPUs.
    CUDA_VISIBLE_DEVICES: assignment.gpuUuids.join(","),
    SLUICE_LOG_LEVEL: logLevel,
    SLUICE_LOG_FORMAT: logFormat,
    SLUICE_REPLICA_ID: assignment.replicaId,
    SLUICE_APPLICATION: assignment.application,
    SLUICE_DEPLOYMENT: assignment.deployment,
    SLUICE_VERSION: assignment.version,
    SLUICE_RANK: String(assignment.rank),
    SLUICE_WORLD_SIZE: String(assignment.worldSize),
  };
}

/** Numeric libraries start one thread per core of the machine unless told otherwise: max(1, floor(cpus)) instead. */
export function planThreadCaps(cpus: number): Record<string, string> {
  const threads = String(Math.max(1, Math.floor(cpus)));
  return Object.fromEntries(threadVariables.map((name) => [name, threads]));
}

/** Not UV_THREADPOOL_SIZE: those threads wait for files and names, they do not compute. */
const threadVariables = [
  "OMP_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "MKL_NUM_THREADS",
  "NUMEXPR_MAX_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "RAYON_NUM_THREADS",
] as const;

/**
 * What torch.distributed and its kind read, for members of a replica of several; a replica of one must not look distributed.
 * A member sees its own GPUs only, so among what it sees it is the first: its local rank is 0, however many share its node.
 */
export function planMemberVariables({
  rank,
  worldSize,
  rendezvous,
}: Pick<Assignment, "rank" | "worldSize" | "rendezvous">): Record<string, string> {
  if (worldSize <= 1) return {};
  return {
    RANK: String(rank),
    WORLD_SIZE: String(worldSize),
    LOCAL_RANK: "0",
    LOCAL_WORLD_SIZE: "1",
    ...(rendezvous === undefined
      ? {}
      : {
          MASTER_ADDR: rendezvous.host === "local" ? "127.0.0.1" : rendezvous.host,
          MASTER_PORT: String(rendezvous.port),
        }),
  };
}

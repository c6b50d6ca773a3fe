import type { Assignment, WireAddress } from "@sluice/contracts";
import type { ExitFact, NodeRefusal, ReplicaStage, StageTimes } from "@sluice/domain";
import { replicaStages } from "@sluice/domain";
import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import {
  fromJson,
  oneOf,
  toJson,
  toMs,
  toNullableDate,
  toNullableJson,
  toNullableMs,
  toText,
} from "../connection/row-values.ts";
import type { Prisma } from "../generated/client.ts";

/** "Member `rank` runs on this node": the placement, and what its agent is told. */
export interface ReplicaMember {
  readonly rank: number;
  readonly nodeId: string;
  /** GPUs held, fractions allowed. */
  readonly gpus: number;
  readonly assignment: Assignment;
}

export interface Replica {
  readonly id: string;
  readonly projectId: string;
  readonly applicationId: string;
  readonly poolId: string;
  readonly deployment: string;
  readonly version: string;
  /** Revision for which it was started. */
  readonly revision: number;
  readonly desired: "run" | "drain";
  readonly stage: ReplicaStage;
  readonly stageTimes: StageTimes;
  readonly message: string;
  /** While it waits for room: why each node refuses it. */
  readonly refusals: readonly NodeRefusal[] | null;
  /** Configuration that the running process has in force, as its agent told; null until then. */
  readonly configVersion: string | null;
  readonly address: WireAddress | null;
  readonly pid: number | null;
  readonly exit: ExitFact | null;
  readonly ongoing: number;
  readonly rssBytes: number | null;
  /** The dead replica whose place it took. */
  readonly replacesId: string | null;
  readonly replacedById: string | null;
  /** True once its failure entered the pool's history. */
  readonly failureCounted: boolean;
  /** Empty until it is placed; by rank. */
  readonly members: readonly ReplicaMember[];
  /** Node of rank 0; null until it is placed. */
  readonly nodeId: string | null;
  /** Grows with every write: the compare-and-set of `updateReplica`. */
  readonly rowVersion: number;
  readonly createdAtMs: number;
  /** When it reached `stopped` or `failed`. */
  readonly endedAtMs: number | null;
}

export interface NewReplica {
  readonly id: string;
  readonly projectId: string;
  readonly applicationId: string;
  readonly poolId: string;
  readonly deployment: string;
  readonly version: string;
  readonly revision: number;
  readonly stage: ReplicaStage;
  readonly stageTimes: StageTimes;
  readonly message: string;
  readonly replacesId: string | null;
}

/** Only what is named changes. */
export interface ReplicaChange {
  readonly desired?: "run" | "drain";
  readonly stage?: ReplicaStage;
  readonly stageTimes?: StageTimes;
  readonly message?: string;
  readonly refusals?: readonly NodeRefusal[] | null;
  readonly configVersion?: string | null;
  /** The pool and revision it now belongs to: it was reconfigured in place. */
  readonly poolId?: string;
  readonly revision?: number;
  readonly address?: WireAddress | null;
  readonly pid?: number | null;
  readonly exit?: ExitFact | null;
  readonly ongoing?: number;
  readonly rssBytes?: number | null;
  readonly endedAtMs?: number | null;
  readonly replacedById?: string;
  readonly failureCounted?: boolean;
  /** Replaces all members. */
  readonly members?: readonly ReplicaMember[];
}

export interface ReplicaFilter {
  readonly applicationId?: string | undefined;
  readonly applicationIds?: readonly string[] | undefined;
  readonly poolId?: string | undefined;
  readonly nodeId?: string | undefined;
  /** True = not ended, false = ended. */
  readonly live?: boolean | undefined;
}

const withMembers = { members: { orderBy: { rank: "asc" } } } satisfies Prisma.ReplicaInclude;
type ReplicaRow = Prisma.ReplicaGetPayload<{ include: typeof withMembers }>;

/** Writes a replica that was just decided, with its placement when there is one. */
export async function createReplica(
  db: Db,
  input: NewReplica,
  members: readonly ReplicaMember[] = [],
): Promise<Replica> {
  const row = await query(db, (prisma) =>
    prisma.replica.create({
      data: {
        ...input,
        message: toText(input.message),
        stageTimes: toJson(input.stageTimes),
        members: { create: members.map(memberData) },
      },
      include: withMembers,
    }),
  );
  return replicaOf(row);
}

/** Changes a replica unless it changed since `from` was read: then the answer is null and nothing is written. */
export async function updateReplica(
  tx: Tx,
  from: { readonly id: string; readonly rowVersion: number },
  change: ReplicaChange,
): Promise<Replica | null> {
  const row = await query(tx, async (prisma) => {
    const { count } = await prisma.replica.updateMany({
      where: { id: from.id, rowVersion: from.rowVersion },
      data: { ...changeData(change), rowVersion: from.rowVersion + 1 },
    });
    if (count === 0) return null;
    if (change.members !== undefined) {
      await prisma.assignment.deleteMany({ where: { replicaId: from.id } });
      await prisma.assignment.createMany({
        data: change.members.map((member) => ({ replicaId: from.id, ...memberData(member) })),
      });
    }
    return await prisma.replica.findUnique({ where: { id: from.id }, include: withMembers });
  });
  return row && replicaOf(row);
}

export async function getReplica(db: Db, id: string): Promise<Replica | null> {
  const row = await query(db, (prisma) => prisma.replica.findUnique({ where: { id }, include: withMembers }));
  return row && replicaOf(row);
}

/** Oldest first. */
export async function listReplicas(db: Db, filter: ReplicaFilter = {}): Promise<Replica[]> {
  const rows = await query(db, (prisma) =>
    prisma.replica.findMany({
      where: {
        ...(filter.applicationId === undefined ? {} : { applicationId: filter.applicationId }),
        ...(filter.applicationIds === undefined ? {} : { applicationId: { in: [...filter.applicationIds] } }),
        ...(filter.poolId === undefined ? {} : { poolId: filter.poolId }),
        ...(filter.nodeId === undefined ? {} : { members: { some: { nodeId: filter.nodeId } } }),
        ...(filter.live === undefined ? {} : { endedAt: filter.live ? null : { not: null } }),
      },
      include: withMembers,
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    }),
  );
  return rows.map(replicaOf);
}

/** Forgets one replica and its placement. */
export async function deleteReplica(db: Db, id: string): Promise<void> {
  await query(db, (prisma) => prisma.replica.deleteMany({ where: { id } }));
}

/** Forgets ended replicas but the newest `keepPerPool` of each pool; returns how many went. */
export async function pruneEndedReplicas(db: Db, keepPerPool = 10): Promise<number> {
  return await query(
    db,
    (prisma) => prisma.$executeRaw`
      DELETE FROM replica WHERE id IN (
        SELECT id FROM (
          SELECT id, row_number() OVER (PARTITION BY pool_id ORDER BY ended_at DESC, id DESC) AS place
          FROM replica WHERE ended_at IS NOT NULL
        ) AS ended WHERE place > ${keepPerPool}
      )`,
  );
}

function changeData(change: ReplicaChange): Prisma.ReplicaUncheckedUpdateManyInput {
  return {
    ...(change.desired === undefined ? {} : { desired: change.desired }),
    ...(change.stage === undefined ? {} : { stage: change.stage }),
    ...(change.stageTimes === undefined ? {} : { stageTimes: toJson(change.stageTimes) }),
    ...(change.message === undefined ? {} : { message: toText(change.message) }),
    ...(change.refusals === undefined ? {} : { refusals: toNullableJson(change.refusals) }),
    ...(change.configVersion === undefined ? {} : { configVersion: change.configVersion }),
    ...(change.poolId === undefined ? {} : { poolId: change.poolId }),
    ...(change.revision === undefined ? {} : { revision: change.revision }),
    ...(change.address === undefined ? {} : { address: toNullableJson(change.address) }),
    ...(change.pid === undefined ? {} : { pid: change.pid }),
    ...(change.exit === undefined ? {} : { exit: toNullableJson(change.exit) }),
    ...(change.ongoing === undefined ? {} : { ongoing: Math.round(change.ongoing) }),
    ...(change.rssBytes === undefined ? {} : { rssBytes: toNullableBigInt(change.rssBytes) }),
    ...(change.replacedById === undefined ? {} : { replacedById: change.replacedById }),
    ...(change.failureCounted === undefined ? {} : { failureCounted: change.failureCounted }),
    ...(change.endedAtMs === undefined ? {} : { endedAt: toNullableDate(change.endedAtMs) }),
  };
}

function memberData(member: ReplicaMember) {
  const { assignment } = member;
  return {
    rank: member.rank,
    nodeId: member.nodeId,
    worldSize: assignment.worldSize,
    cpus: assignment.cpus,
    memoryBytes: BigInt(Math.round(assignment.memoryBytes)),
    gpus: member.gpus,
    gpuUuids: [...assignment.gpuUuids],
    spec: toJson(assignment),
  };
}

function toNullableBigInt(value: number | null): bigint | null {
  return value === null ? null : BigInt(Math.round(value));
}

function replicaOf(row: ReplicaRow): Replica {
  return {
    id: row.id,
    projectId: row.projectId,
    applicationId: row.applicationId,
    poolId: row.poolId,
    deployment: row.deployment,
    version: row.version,
    revision: row.revision,
    desired: oneOf(["run", "drain"], row.desired),
    stage: oneOf(replicaStages, row.stage),
    stageTimes: fromJson(row.stageTimes),
    message: row.message,
    refusals: fromJson(row.refusals),
    configVersion: row.configVersion,
    address: fromJson(row.address),
    pid: row.pid,
    exit: fromJson(row.exit),
    ongoing: row.ongoing,
    rssBytes: row.rssBytes === null ? null : Number(row.rssBytes),
    replacesId: row.replacesId,
    replacedById: row.replacedById,
    failureCounted: row.failureCounted,
    members: row.members.map((member) => ({
      rank: member.rank,
      nodeId: member.nodeId,
      gpus: member.gpus,
      assignment: fromJson(member.spec),
    })),
    nodeId: row.members[0]?.nodeId ?? null,
    rowVersion: row.rowVersion,
    createdAtMs: toMs(row.createdAt),
    endedAtMs: toNullableMs(row.endedAt),
  };
}

import type { Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Replica } from "../stores/replicas.ts";
import { StaleRowsError, type ReplicaUpdate } from "./status-batch.ts";
import { asParameter } from "./as-parameter.ts";

export async function insertReplicas(tx: Tx, replicas: readonly Replica[]): Promise<void> {
  if (replicas.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO replica (id, project_id, application_id, pool_id, deployment, version, revision, desired, config_version, stage,
        stage_times, message, refusals, replaces_id, replaced_by_id, failure_counted, row_version, created_at, ended_at)
      SELECT id, "projectId", "applicationId", "poolId", deployment, version, revision, desired, "configVersion", stage,
        "stageTimes", message, refusals, "replacesId", "replacedById", "failureCounted", "rowVersion",
        to_timestamp("createdAtMs" / 1000), to_timestamp("endedAtMs" / 1000)
      FROM jsonb_to_recordset(${asParameter(replicas.map(withoutMembers))}::jsonb) AS r(
        id text, "projectId" text, "applicationId" text, "poolId" text, deployment text, version text, revision int, desired text,
        "configVersion" text, stage text, "stageTimes" jsonb, message text, refusals jsonb, "replacesId" text,
        "replacedById" text, "failureCounted" boolean, "rowVersion" int, "createdAtMs" float8, "endedAtMs" float8)`,
  );
  await insertMembers(tx, replicas);
}

/** Compare-and-set on the version of each row: one that does not fit, and nothing is written. Load and memory are written elsewhere. */
export async function updateReplicas(tx: Tx, updates: readonly ReplicaUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  const count = await query(
    tx,
    (prisma) => prisma.$executeRaw`
      UPDATE replica AS t SET pool_id = r."poolId", revision = r.revision, desired = r.desired, config_version = r."configVersion",
        stage = r.stage, stage_times = r."stageTimes", message = r.message, refusals = r.refusals, address = r.address,
        pid = r.pid, exit = r.exit, replaced_by_id = r."replacedById", failure_counted = r."failureCounted",
        ended_at = to_timestamp(r."endedAtMs" / 1000), row_version = r."rowVersion"
      FROM jsonb_to_recordset(${asParameter(updates.map(({ after }) => withoutMembers(after)))}::jsonb) AS r(
        id text, "poolId" text, revision int, desired text, "configVersion" text, stage text, "stageTimes" jsonb, message text,
        refusals jsonb, address jsonb, pid int, exit jsonb, "replacedById" text, "failureCounted" boolean,
        "endedAtMs" float8, "rowVersion" int)
      WHERE t.id = r.id AND t.row_version = r."rowVersion" - 1`,
  );
  if (count !== updates.length) throw new StaleRowsError("a replica changed since it was read");
  const moved = updates.filter(({ before, after }) => before.members !== after.members).map(({ after }) => after);
  const placed = updates.filter(({ before, after }) => before.members !== after.members && before.members.length > 0);
  if (placed.length > 0) {
    const ids = placed.map(({ after }) => after.id);
    await query(tx, (prisma) => prisma.assignment.deleteMany({ where: { replicaId: { in: ids } } }));
  }
  await insertMembers(tx, moved);
}

export async function deleteReplicas(tx: Tx, replicas: readonly Replica[]): Promise<void> {
  if (replicas.length === 0) return;
  const ids = replicas.map(({ id }) => id);
  await query(tx, (prisma) => prisma.replica.deleteMany({ where: { id: { in: ids } } }));
}

async function insertMembers(tx: Tx, replicas: readonly Replica[]): Promise<void> {
  const members = replicas.flatMap(({ id, members }) =>
    members.map(({ rank, nodeId, gpus, assignment }) => ({
      replicaId: id,
      rank,
      nodeId,
      worldSize: assignment.worldSize,
      cpus: assignment.cpus,
      memoryBytes: Math.round(assignment.memoryBytes),
      gpus,
      gpuUuids: assignment.gpuUuids,
      spec: assignment,
    })),
  );
  if (members.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO assignment (replica_id, rank, node_id, world_size, cpus, memory_bytes, gpus, gpu_uuids, spec)
      SELECT "replicaId", rank, "nodeId", "worldSize", cpus, "memoryBytes", gpus, "gpuUuids", spec
      FROM jsonb_to_recordset(${asParameter(members)}::jsonb) AS m(
        "replicaId" text, rank int, "nodeId" text, "worldSize" int, cpus float8, "memoryBytes" bigint, gpus float8,
        "gpuUuids" text[], spec jsonb)`,
  );
}

function withoutMembers(replica: Replica): Omit<Replica, "members"> {
  const { members: _members, ...row } = replica;
  return row;
}

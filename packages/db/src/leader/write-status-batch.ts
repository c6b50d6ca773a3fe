/** Writes a status batch: each kind of row in one statement, however many rows there are. Parameters travel as JSON. */
import type { Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { appendEvents } from "../stores/events.ts";
import { rootSplit } from "../stores/traffic-splits.ts";
import { asParameter } from "./as-parameter.ts";
import { StaleRowsError, type StatusBatch } from "./status-batch.ts";
import { deleteReplicas, insertReplicas, updateReplicas } from "./write-replicas.ts";

/** Within a fenced transaction. Throws `StaleRowsError` when a row is not what the batch was made from. */
export async function writeStatusBatch(tx: Tx, batch: StatusBatch): Promise<void> {
  await lockGenerations(tx, batch.atGenerations);
  await upsertNodes(tx, batch.nodes);
  await insertReplicas(tx, batch.createdReplicas);
  await updateReplicas(tx, batch.changedReplicas);
  await deleteReplicas(tx, batch.deletedReplicas);
  await upsertPoolStatuses(tx, batch.poolStatuses);
  await upsertAutoscalers(tx, batch.autoscalers);
  await upsertTraffic(tx, batch.traffic);
  await upsertStatuses(tx, batch.statuses);
  await upsertRollouts(tx, batch.rollouts);
  await deleteRows(tx, batch);
  await appendEvents(tx, batch.events);
  await notifyAll(tx, batch.notices);
}

async function lockGenerations(tx: Tx, wanted: StatusBatch["atGenerations"]): Promise<void> {
  if (wanted.length === 0) return;
  const ids = wanted.map(({ applicationId }) => applicationId);
  // NO KEY: rows that refer to the application may be inserted meanwhile. In the order of ids, so that no two wait for each other.
  const rows = await query(
    tx,
    (prisma) => prisma.$queryRaw<{ id: string; generation: number }[]>`
      SELECT id, generation FROM application WHERE id = ANY(${ids}::text[]) ORDER BY id FOR NO KEY UPDATE`,
  );
  const current = new Map(rows.map(({ id, generation }) => [id, generation]));
  for (const { applicationId, generation } of wanted) {
    if (current.get(applicationId) === generation) continue;
    throw new StaleRowsError(`application ${applicationId} is no longer at generation ${String(generation)}`);
  }
}

async function upsertNodes(tx: Tx, nodes: StatusBatch["nodes"]): Promise<void> {
  if (nodes.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO node (id, project_id, name, facts, usage, state, message, created_at, state_since, last_seen_at)
      SELECT id, "projectId", name, facts, usage, state, message,
        to_timestamp("createdAtMs" / 1000), to_timestamp("stateSinceMs" / 1000), to_timestamp("lastSeenAtMs" / 1000)
      FROM jsonb_to_recordset(${asParameter(nodes)}::jsonb) AS n(
        id text, "projectId" text, name text, facts jsonb, usage jsonb, state text, message text,
        "createdAtMs" float8, "stateSinceMs" float8, "lastSeenAtMs" float8)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, facts = excluded.facts, usage = excluded.usage,
        state = excluded.state, message = excluded.message, state_since = excluded.state_since,
        last_seen_at = excluded.last_seen_at`,
  );
}

async function upsertPoolStatuses(tx: Tx, statuses: StatusBatch["poolStatuses"]): Promise<void> {
  if (statuses.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO pool_status (pool_id, state, message, wanted_replicas, ready_replicas, failures, warm_until, updated_at)
      SELECT "poolId", state, message, "wantedReplicas", "readyReplicas", failures, to_timestamp("warmUntilMs" / 1000), now()
      FROM jsonb_to_recordset(${asParameter(statuses)}::jsonb) AS s(
        "poolId" text, state text, message text, "wantedReplicas" int, "readyReplicas" int, failures jsonb, "warmUntilMs" float8)
      ON CONFLICT (pool_id) DO UPDATE SET state = excluded.state, message = excluded.message,
        wanted_replicas = excluded.wanted_replicas, ready_replicas = excluded.ready_replicas,
        failures = excluded.failures, warm_until = excluded.warm_until, updated_at = excluded.updated_at`,
  );
}

async function upsertAutoscalers(tx: Tx, statuses: StatusBatch["autoscalers"]): Promise<void> {
  if (statuses.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO autoscaler_status (pool_id, application_id, project_id, target, decision, changed_at)
      SELECT "poolId", "applicationId", "projectId", target, decision, to_timestamp("changedAtMs" / 1000)
      FROM jsonb_to_recordset(${asParameter(statuses)}::jsonb) AS s(
        "poolId" text, "applicationId" text, "projectId" text, target int, decision jsonb, "changedAtMs" float8)
      ON CONFLICT (pool_id) DO UPDATE SET target = excluded.target, decision = excluded.decision, changed_at = excluded.changed_at`,
  );
}

async function upsertTraffic(tx: Tx, traffic: StatusBatch["traffic"]): Promise<void> {
  if (traffic.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO effective_traffic (application_id, split_node, project_id, variants, source, reason,
        slice_epoch, slice_version, changed_at, in_force_at)
      SELECT "applicationId", ${rootSplit}, "projectId", variants, source, reason, "sliceEpoch", "sliceVersion",
        to_timestamp("changedAtMs" / 1000), to_timestamp("inForceAtMs" / 1000)
      FROM jsonb_to_recordset(${asParameter(traffic)}::jsonb) AS t(
        "applicationId" text, "projectId" text, variants jsonb, source text, reason text,
        "sliceEpoch" int, "sliceVersion" int, "changedAtMs" float8, "inForceAtMs" float8)
      ON CONFLICT (application_id, split_node) DO UPDATE SET variants = excluded.variants, source = excluded.source,
        reason = excluded.reason, slice_epoch = excluded.slice_epoch, slice_version = excluded.slice_version,
        changed_at = excluded.changed_at, in_force_at = excluded.in_force_at`,
  );
}

async function upsertStatuses(tx: Tx, statuses: StatusBatch["statuses"]): Promise<void> {
  if (statuses.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO application_status (application_id, project_id, state, message, observed_generation, failed_generation,
        failed_reason, serving_revisions, updated_at)
      SELECT "applicationId", "projectId", state, message, "observedGeneration", "failedGeneration", "failedReason",
        "servingRevisions", to_timestamp("updatedAtMs" / 1000)
      FROM jsonb_to_recordset(${asParameter(statuses)}::jsonb) AS s(
        "applicationId" text, "projectId" text, state text, message text, "observedGeneration" int, "failedGeneration" int,
        "failedReason" text, "servingRevisions" jsonb, "updatedAtMs" float8)
      ON CONFLICT (application_id) DO UPDATE SET state = excluded.state, message = excluded.message,
        observed_generation = excluded.observed_generation, failed_generation = excluded.failed_generation,
        failed_reason = excluded.failed_reason, serving_revisions = excluded.serving_revisions, updated_at = excluded.updated_at`,
  );
}

async function upsertRollouts(tx: Tx, rollouts: StatusBatch["rollouts"]): Promise<void> {
  if (rollouts.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      INSERT INTO rollout_status (application_id, project_id, generation, from_revision, to_revision, phase, message, numbers,
        started_at, progress_at, ended_at, updated_at)
      SELECT "applicationId", "projectId", generation, "fromRevision", "toRevision", phase, message, numbers,
        to_timestamp("startedAtMs" / 1000), to_timestamp("progressAtMs" / 1000), to_timestamp("endedAtMs" / 1000), now()
      FROM jsonb_to_recordset(${asParameter(rollouts)}::jsonb) AS r(
        "applicationId" text, "projectId" text, generation int, "fromRevision" int, "toRevision" int, phase text, message text,
        numbers jsonb, "startedAtMs" float8, "progressAtMs" float8, "endedAtMs" float8)
      ON CONFLICT (application_id) DO UPDATE SET generation = excluded.generation, from_revision = excluded.from_revision,
        to_revision = excluded.to_revision, phase = excluded.phase, message = excluded.message, numbers = excluded.numbers,
        started_at = excluded.started_at, progress_at = excluded.progress_at, ended_at = excluded.ended_at,
        updated_at = excluded.updated_at`,
  );
}

async function deleteRows(tx: Tx, batch: StatusBatch): Promise<void> {
  const pools = batch.deletedPoolStatuses.map(({ poolId }) => poolId);
  const autoscalers = batch.deletedAutoscalers.map(({ poolId }) => poolId);
  const applications = [...batch.deletedApplications];
  await query(tx, async (prisma) => {
    if (pools.length > 0) await prisma.poolStatus.deleteMany({ where: { poolId: { in: pools } } });
    if (autoscalers.length > 0) await prisma.autoscalerStatus.deleteMany({ where: { poolId: { in: autoscalers } } });
    if (applications.length > 0) await prisma.application.deleteMany({ where: { id: { in: applications } } });
  });
}

async function notifyAll(tx: Tx, notices: StatusBatch["notices"]): Promise<void> {
  if (notices.length === 0) return;
  const payloads = [...new Set(notices)].map((id) => JSON.stringify(id === null ? {} : { applicationId: id }));
  await query(
    tx,
    (prisma) =>
      prisma.$queryRaw`SELECT pg_notify('sluice_status', payload)::text FROM unnest(${payloads}::text[]) AS payload`,
  );
}

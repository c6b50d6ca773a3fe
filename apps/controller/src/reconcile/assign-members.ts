/** The assignments of a replica's members: where each runs, and what its agent is told. */
import { StaleRowsError, type Replica, type ReplicaMember } from "@sluice/db";
import { membersOfOptions, type MemberGrant, type MemberWish } from "@sluice/domain";
import { buildAssignment } from "./build-assignment.ts";
import type { ApplicationFacts } from "./load-facts.ts";

/** Ports on which rank 0 of a replica of several waits for the others: below those that systems hand out by themselves. */
const firstRendezvousPort = 23_000;
const rendezvousPorts = 8_000;

/** Where other nodes reach a node's replicas. */
export type AddressOf = (nodeId: string) => string;

/** Members as placement granted them. */
export function membersOfGrant(
  facts: ApplicationFacts,
  replica: Replica,
  grant: { readonly members: readonly MemberGrant[]; readonly fallback: number | null },
  addressOf: AddressOf,
): ReplicaMember[] {
  const { resolved } = deploymentOf(facts, replica);
  const { members, fallbacks } = membersOfOptions(resolved);
  const form = grant.fallback === null ? members : (fallbacks[grant.fallback] ?? members);
  const host = addressOf(grant.members[0]?.nodeId ?? "");
  const rendezvous = grant.members.length < 2 ? null : { host, port: rendezvousPort(replica.id) };
  return assign(facts, replica, form, grant.members, rendezvous);
}

/** The members a replica has, with the settings of the pool it belongs to now. */
export function membersInPool(facts: ApplicationFacts, replica: Replica): ReplicaMember[] {
  const held = replica.members.map(({ rank, nodeId, gpus, assignment }) => ({
    grant: { rank, nodeId, gpuUuids: assignment.gpuUuids },
    wish: {
      resources: {
        cpus: assignment.cpus,
        gpus,
        memoryBytes: assignment.memoryBytes,
        custom: assignment.custom ?? {},
      },
      labelSelector: {},
      acceleratorType: null,
    },
  }));
  const form = held.map(({ wish }) => wish);
  const rendezvous = replica.members[0]?.assignment.rendezvous ?? null;
  return assign(
    facts,
    replica,
    form,
    held.map(({ grant }) => grant),
    rendezvous,
  );
}

function assign(
  facts: ApplicationFacts,
  replica: Replica,
  form: readonly MemberWish[],
  grants: readonly MemberGrant[],
  rendezvous: { readonly host: string; readonly port: number } | null,
): ReplicaMember[] {
  const { resolved, reconfigureHash, spec } = deploymentOf(facts, replica);
  return grants.flatMap(({ rank, nodeId, gpuUuids }): ReplicaMember[] => {
    const wish = form[rank];
    if (wish === undefined) return [];
    const assignment = buildAssignment({
      replicaId: replica.id,
      application: facts.application.name,
      applicationId: facts.application.id,
      poolId: replica.poolId,
      version: replica.version,
      configVersion: reconfigureHash,
      revision: replica.revision,
      spec,
      resolved,
      member: { rank, worldSize: grants.length, wish, gpuUuids, rendezvous },
    });
    return [{ rank, nodeId, gpus: wish.resources.gpus, assignment }];
  });
}

function deploymentOf({ deployments, revisions }: ApplicationFacts, replica: Replica) {
  const revision = revisions.find((each) => each.number === replica.revision);
  const deployment = deployments.find((each) => each.revision === replica.revision && each.poolId === replica.poolId);
  if (revision === undefined || deployment === undefined) {
    throw new StaleRowsError(`revision ${String(replica.revision)} of replica ${replica.id} is gone`);
  }
  return { spec: revision.spec, resolved: deployment.resolved, reconfigureHash: deployment.reconfigureHash };
}

/** The same for the same replica: FNV-1a of its id. */
function rendezvousPort(replicaId: string): number {
  let hash = 0x811c9dc5;
  for (const character of replicaId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return firstRendezvousPort + (hash % rendezvousPorts);
}

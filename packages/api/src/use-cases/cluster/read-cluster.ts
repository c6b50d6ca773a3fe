/** Reads of what runs: deployments, replicas, gateways. */
import { SluiceError } from "@sluice/contracts";
import type { DeploymentView, GatewayView, PageOf, ReplicaView } from "@sluice/contracts";
import {
  getApplicationById,
  getReplica as getStoredReplica,
  getRevision,
  listAllApplications,
  listGateways as listStoredGateways,
  listNodes as listStoredNodes,
  listPoolStatuses,
  listReplicas as listStoredReplicas,
  listRevisionDeployments,
} from "@sluice/db";
import type { Application, Node, PoolStatus } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PageInput } from "../api-use-cases.ts";
import { deploymentViewOf, isoOf, replicaViewOf } from "../applications/application-views.ts";
import { findApplication } from "../applications/find-application.ts";
import { loadFacts } from "../applications/load-facts.ts";
import { pageOfList } from "./page-of-list.ts";

export async function listDeployments(
  deps: ApiDeps,
  principal: Principal,
  input: PageInput,
): Promise<PageOf<DeploymentView>> {
  authorize(principal, "read", { type: "cluster", id: null });
  const applications = (await listAllApplications(deps.db)).filter((one) => one.projectId === deps.projectId);
  const views = await Promise.all(applications.map((application) => deploymentsOf(deps, application)));
  return pageOfList(views.flat(), input, (view) => `${view.application}/${view.name}`);
}

async function deploymentsOf(deps: ApiDeps, application: Application): Promise<DeploymentView[]> {
  if (application.targetRevision === null) return [];
  const [facts, target, replicas] = await Promise.all([
    loadFacts(deps.db, application),
    getRevision(deps.db, application.id, application.targetRevision),
    listStoredReplicas(deps.db, { applicationId: application.id, live: true }),
  ]);
  if (target === null) return [];
  return facts.deployments.map((one) => deploymentViewOf(application, one, target, facts.pools, replicas));
}

/** Live ones, and those that ended not long ago, newest first. */
export async function listReplicas(
  deps: ApiDeps,
  principal: Principal,
  input: PageInput & { application?: string | undefined },
): Promise<PageOf<ReplicaView>> {
  authorize(principal, "read", { type: "cluster", id: null });
  const applications =
    input.application === undefined
      ? await listAllApplications(deps.db)
      : [await findApplication(deps, input.application)];
  const only = input.application === undefined ? undefined : applications[0]?.id;
  const [replicas, deployments, nodes, pools] = await Promise.all([
    listStoredReplicas(deps.db, { applicationId: only }),
    listRevisionDeployments(deps.db, only === undefined ? {} : { applicationId: only }),
    listStoredNodes(deps.db, { withGone: true }),
    listPoolStatuses(deps.db, only === undefined ? {} : { applicationId: only }),
  ]);
  const names = new Map(applications.map((application) => [application.id, application.name]));
  const around = { deployments, nodeNames: nodeNamesOf(nodes), pools: byPoolId(pools) };
  const views = [...replicas].reverse().flatMap((replica) => {
    const name = names.get(replica.applicationId);
    return name === undefined ? [] : [replicaViewOf(replica, { applicationName: name, ...around })];
  });
  return pageOfList(views, input, (view) => view.id);
}

export async function getReplica(deps: ApiDeps, principal: Principal, input: { id: string }): Promise<ReplicaView> {
  authorize(principal, "read", { type: "cluster", id: null });
  const replica = await getStoredReplica(deps.db, input.id);
  const application = replica === null ? null : await getApplicationById(deps.db, replica.applicationId);
  if (replica === null || application === null) {
    throw new SluiceError({ code: "replica/not_found", publicMessage: `There is no replica \`${input.id}\`.` });
  }
  const [deployments, nodes, pools] = await Promise.all([
    listRevisionDeployments(deps.db, { applicationId: application.id }),
    listStoredNodes(deps.db, { withGone: true }),
    listPoolStatuses(deps.db, { applicationId: application.id }),
  ]);
  const around = { deployments, nodeNames: nodeNamesOf(nodes), pools: byPoolId(pools) };
  return replicaViewOf(replica, { applicationName: application.name, ...around });
}

export async function listGateways(
  deps: ApiDeps,
  principal: Principal,
  input: PageInput,
): Promise<PageOf<GatewayView>> {
  authorize(principal, "read", { type: "cluster", id: null });
  const gateways = await listStoredGateways(deps.db);
  const views = gateways.map((gateway) => ({
    id: gateway.id,
    name: gateway.name,
    address: gateway.address,
    connected: gateway.connected,
    last_seen_at: isoOf(gateway.lastSeenAtMs),
  }));
  return pageOfList(views, input, (view) => view.id);
}

function nodeNamesOf(nodes: readonly Node[]): Map<string, string> {
  return new Map(nodes.map((node) => [node.id, node.name]));
}

function byPoolId(statuses: readonly PoolStatus[]): ReadonlyMap<string, PoolStatus> {
  return new Map(statuses.map((status) => [status.poolId, status]));
}

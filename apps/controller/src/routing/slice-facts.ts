import type { Backend, ResolvedDeployment, RoutedPool } from "@sluice/contracts";
import type { ApplicationState } from "@sluice/domain";
import type { ApplicationFacts } from "../reconcile/load-facts.ts";
import { isReconfiguring } from "../reconcile/snapshot-of.ts";
import type { SliceFacts } from "./build-slice.ts";

/** Picks what routers need from what is known of an application. */
export function sliceFacts(facts: ApplicationFacts): SliceFacts {
  const { application, deployments, effective, replicas, revisions, status } = facts;
  const configs = new Map(facts.pools.map(({ id, reconfigureHash }) => [id, reconfigureHash]));
  const newestOf = new Map(deployments.map((deployment) => [deployment.poolId, deployment]));
  return {
    application: application.name,
    applicationId: application.id,
    routePrefix: application.routePrefix,
    variants: (effective?.variants ?? []).filter((variant) => variant.weight > 0),
    revisions: revisions.map((revision) => {
      const own = deployments.filter((deployment) => deployment.revision === revision.number);
      return {
        number: revision.number,
        ingress: own.find((deployment) => deployment.ingress)?.deployment ?? "",
        pools: Object.fromEntries(own.map((deployment) => [deployment.deployment, deployment.poolId])),
      };
    }),
    pools: [...newestOf.values()].map((deployment) => ({
      poolId: deployment.poolId,
      deployment: deployment.deployment,
      runtime: deployment.resolved.runtime,
      maxOngoingRequests: deployment.resolved.max_ongoing_requests,
      maxQueuedRequests: deployment.resolved.max_queued_requests,
      ...queueFullOf(deployment.resolved),
    })),
    backends: replicas.flatMap((replica) =>
      replica.stage === "ready" &&
      !isReconfiguring(replica, configs.get(replica.poolId)) &&
      replica.address !== null &&
      replica.nodeId !== null
        ? [
            {
              poolId: replica.poolId,
              backend: {
                kind: "wire",
                replicaId: replica.id,
                nodeId: replica.nodeId,
                address: replica.address,
              } satisfies Backend,
            },
          ]
        : [],
    ),
    message: publicReason(status?.state),
  };
}

/**
 * Why there may be no replica, for clients of the gateway. Not the status itself: that quotes the output of programs and paths of nodes,
 * which only who may see the dashboard may read.
 */
function publicReason(state: ApplicationState | undefined): string {
  switch (state) {
    case "DEPLOY_FAILED":
    case "UNHEALTHY":
      return "its replicas do not start or do not stay healthy. The dashboard and `sluice status` say why.";
    case "DELETING":
      return "it is being deleted.";
    case "RUNNING":
      return "";
    case "DEPLOYING":
    case "NOT_STARTED":
    case undefined:
      return "it is being deployed.";
    default:
      return state satisfies never;
  }
}

function queueFullOf({ backpressure }: ResolvedDeployment): Pick<RoutedPool, "queueFull"> {
  if (backpressure === undefined) return {};
  return { queueFull: { status: backpressure.status_code, retryAfterS: backpressure.retry_after_s } };
}

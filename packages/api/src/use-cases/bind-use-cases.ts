import type { ApiDeps } from "../ports/api-deps.ts";
import type { ApiUseCases } from "./api-use-cases.ts";
import { deleteApplication } from "./applications/delete-application.ts";
import { getAutoscaling } from "./applications/get-autoscaling.ts";
import { planApplication } from "./applications/plan-application.ts";
import { putApplication } from "./applications/put-application.ts";
import { getApplication, listApplications } from "./applications/read-applications.ts";
import { rollbackApplication } from "./applications/rollback-application.ts";
import { scaleDeployment } from "./applications/scale-deployment.ts";
import { describeBundle } from "./bundles/describe-bundle.ts";
import { getBundle, listBundles } from "./bundles/read-bundles.ts";
import { uploadBundle } from "./bundles/upload-bundle.ts";
import { getReplica, listDeployments, listGateways, listReplicas } from "./cluster/read-cluster.ts";
import { listEvents } from "./events/list-events.ts";
import { watchChanges } from "./live/watch-changes.ts";
import { readReplicaLogs } from "./logs/read-replica-logs.ts";
import { queryMetrics } from "./metrics/query-metrics.ts";
import { createJoinToken, deleteJoinToken, listJoinTokens } from "./nodes/join-tokens.ts";
import { labelNode } from "./nodes/label-node.ts";
import { getNode, listNodes } from "./nodes/read-nodes.ts";
import { removeNode } from "./nodes/remove-node.ts";
import { cordonNode, drainNode, uncordonNode } from "./nodes/schedule-node.ts";
import { sendPlayground } from "./playground/send-playground.ts";
import { diffRevisions, getRevision, listRevisions } from "./revisions/read-revisions.ts";
import { abortRollout, getRollout, pauseRollout, resumeRollout } from "./rollouts/steer-rollout.ts";
import { validateSpec } from "./spec/validate-spec.ts";
import { getHealth } from "./system/get-health.ts";
import { getTraffic, putTraffic, resetTraffic } from "./traffic/change-traffic.ts";

/** Gives every use-case its dependencies. */
export function bindUseCases(deps: ApiDeps): ApiUseCases {
  const bind =
    <Args extends unknown[], Result>(useCase: (deps: ApiDeps, ...args: Args) => Result) =>
    (...args: Args): Result =>
      useCase(deps, ...args);
  return {
    listApplications: bind(listApplications),
    getApplication: bind(getApplication),
    putApplication: bind(putApplication),
    planApplication: bind(planApplication),
    deleteApplication: bind(deleteApplication),
    rollbackApplication: bind(rollbackApplication),
    scaleDeployment: bind(scaleDeployment),
    getAutoscaling: bind(getAutoscaling),
    getRollout: bind(getRollout),
    pauseRollout: bind(pauseRollout),
    resumeRollout: bind(resumeRollout),
    abortRollout: bind(abortRollout),
    listRevisions: bind(listRevisions),
    getRevision: bind(getRevision),
    diffRevisions: bind(diffRevisions),
    getTraffic: bind(getTraffic),
    putTraffic: bind(putTraffic),
    resetTraffic: bind(resetTraffic),
    listDeployments: bind(listDeployments),
    listReplicas: bind(listReplicas),
    getReplica: bind(getReplica),
    readReplicaLogs: bind(readReplicaLogs),
    listNodes: bind(listNodes),
    getNode: bind(getNode),
    cordonNode: bind(cordonNode),
    uncordonNode: bind(uncordonNode),
    drainNode: bind(drainNode),
    labelNode: bind(labelNode),
    removeNode: bind(removeNode),
    createJoinToken: bind(createJoinToken),
    listJoinTokens: bind(listJoinTokens),
    deleteJoinToken: bind(deleteJoinToken),
    listGateways: bind(listGateways),
    listEvents: bind(listEvents),
    queryMetrics: bind(queryMetrics),
    uploadBundle: bind(uploadBundle),
    listBundles: bind(listBundles),
    getBundle: bind(getBundle),
    describeBundle: bind(describeBundle),
    validateSpec: bind(validateSpec),
    sendPlayground: bind(sendPlayground),
    getHealth: bind(getHealth),
    watchChanges: bind(watchChanges),
  };
}

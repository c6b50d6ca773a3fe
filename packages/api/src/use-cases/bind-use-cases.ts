import type { ApiDeps } from "../ports/api-deps.ts";
import type { ApiUseCases } from "./api-use-cases.ts";
import { deleteApplication } from "./applications/delete-application.ts";
import { planApplication } from "./applications/plan-application.ts";
import { putApplication } from "./applications/put-application.ts";
import { getApplication, listApplications } from "./applications/read-applications.ts";
import { rollbackApplication } from "./applications/rollback-application.ts";
import { describeBundle } from "./bundles/describe-bundle.ts";
import { getBundle, listBundles } from "./bundles/read-bundles.ts";
import { uploadBundle } from "./bundles/upload-bundle.ts";
import { getReplica, listDeployments, listGateways, listNodes, listReplicas } from "./cluster/read-cluster.ts";
import { listEvents } from "./events/list-events.ts";
import { watchChanges } from "./live/watch-changes.ts";
import { queryMetrics } from "./metrics/query-metrics.ts";
import { sendPlayground } from "./playground/send-playground.ts";
import { diffRevisions, getRevision, listRevisions } from "./revisions/read-revisions.ts";
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
    listRevisions: bind(listRevisions),
    getRevision: bind(getRevision),
    diffRevisions: bind(diffRevisions),
    getTraffic: bind(getTraffic),
    putTraffic: bind(putTraffic),
    resetTraffic: bind(resetTraffic),
    listDeployments: bind(listDeployments),
    listReplicas: bind(listReplicas),
    getReplica: bind(getReplica),
    listNodes: bind(listNodes),
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

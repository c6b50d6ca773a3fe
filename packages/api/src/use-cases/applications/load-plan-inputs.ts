import {
  getApplication,
  getApplicationStatus,
  getRevision,
  getTrafficSplit,
  listLabelledNodes,
  listReplicas,
  listRevisions,
  listRevisionDeployments,
} from "@sluice/db";
import type { Application, ApplicationStatus, Db, Node, Replica, Revision, RevisionDeployment } from "@sluice/db";
import type { TrafficView } from "@sluice/contracts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { variantsOf } from "../traffic/load-traffic-view.ts";

/** The world a plan is made against. Kept, so that the same plan can be completed once the description is known. */
export interface PlanInputs {
  readonly application: Application | null;
  readonly status: ApplicationStatus | null;
  /** The target revision before the change, with its deployments. */
  readonly base: { readonly revision: Revision; readonly deployments: readonly RevisionDeployment[] } | null;
  /** Highest number given out so far; above the target's after a rollback. */
  readonly newestRevision: number;
  /** The split that was set; empty without one. */
  readonly split: TrafficView["effective"];
  readonly nodes: readonly Node[];
  /** Of all applications, not ended. */
  readonly replicas: readonly Replica[];
}

export async function loadPlanInputs(deps: ApiDeps, name: string, db: Db = deps.db): Promise<PlanInputs> {
  const application = await getApplication(db, { projectId: deps.projectId, name });
  const nodes = await listLabelledNodes(db);
  const replicas = await listReplicas(db, { live: true });
  if (application === null || application.targetRevision === null) {
    return { application, status: null, base: null, newestRevision: 0, split: [], nodes, replicas };
  }
  const { id, targetRevision } = application;
  const revision = await getRevision(db, id, targetRevision);
  const newest = await listRevisions(db, { applicationId: id, limit: 1 });
  const split = await getTrafficSplit(db, id);
  const deployments = await listRevisionDeployments(db, { applicationId: id, revisions: [targetRevision] });
  return {
    application,
    status: await getApplicationStatus(db, id),
    base: revision === null ? null : { revision, deployments },
    newestRevision: newest.items[0]?.number ?? targetRevision,
    split: split === null ? [] : variantsOf(split),
    nodes,
    replicas,
  };
}

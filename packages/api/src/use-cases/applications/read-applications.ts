import type { ApplicationSummary, ApplicationView, PageOf } from "@sluice/contracts";
import { listApplications as listStored, listReplicas } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PageInput } from "../api-use-cases.ts";
import { loadRollout } from "../rollouts/find-rollout.ts";
import { rolloutViewOf } from "../rollouts/rollout-view.ts";
import { loadTrafficView } from "../traffic/load-traffic-view.ts";
import { deploymentViewOf, summaryOf } from "./application-views.ts";
import { findApplication, findRevision } from "./find-application.ts";
import { loadFacts } from "./load-facts.ts";

export async function listApplications(
  deps: ApiDeps,
  principal: Principal,
  input: PageInput,
): Promise<PageOf<ApplicationSummary>> {
  authorize(principal, "read", { type: "application", id: null });
  const page = await listStored(deps.db, { projectId: deps.projectId, ...input });
  const facts = await Promise.all(page.items.map((application) => loadFacts(deps.db, application)));
  return { items: facts.map(summaryOf), next_cursor: page.nextCursor };
}

export async function getApplication(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string },
): Promise<ApplicationView> {
  authorize(principal, "read", { type: "application", id: input.name });
  const application = await findApplication(deps, input.name);
  const target = await findRevision(deps.db, application, application.targetRevision ?? 0);
  const [facts, replicas, traffic, rollout] = await Promise.all([
    loadFacts(deps.db, application),
    listReplicas(deps.db, { applicationId: application.id, live: true }),
    loadTrafficView(deps.db, application),
    loadRollout(deps.db, application),
  ]);
  return {
    ...summaryOf(facts),
    spec: target.spec,
    deployments_detail: facts.deployments.map((deployment) =>
      deploymentViewOf(application, deployment, target, facts.pools, replicas),
    ),
    traffic,
    rollout: rolloutViewOf(application, rollout),
  };
}

/** What people do to applications, as the API writes it into a memory store. */
import type { ApplicationSpec, DeploymentSpec } from "@sluice/contracts";
import { planRevisionDeployments, type Intent, type Pool, type Revision, type RevisionDeployment } from "@sluice/db";
import { newPart, type MemoryStore } from "./memory-store.ts";

const projectId = "default";
const bundle = "a".repeat(64);

export interface DeploymentWish {
  readonly options: DeploymentSpec;
  readonly outbound: readonly string[];
}

export interface Wish {
  readonly name: string;
  /** Another one is other code: new pools. */
  readonly code: string;
  /** The first takes the requests. */
  readonly deployments: readonly DeploymentWish[];
}

/** A new revision becomes the target; answers its number. */
export function putApplication(store: MemoryStore, wish: Wish, nowMs: number): number {
  const id = `app-${wish.name}`;
  const known = store.applications.get(id);
  const intent = known?.intent ?? emptyIntent(id, wish.name, nowMs);
  const number = (intent.revisions.at(-1)?.number ?? 0) + 1;
  const { revision, pools, deployments } = makeRevision(intent, wish, number, nowMs);
  const generation = intent.application.generation + 1;
  const next: Intent = {
    application: { ...intent.application, targetRevision: number, generation, updateGeneration: generation },
    split: null,
    revisions: [...intent.revisions, revision],
    deployments: [...intent.deployments, ...deployments],
    pools: [...intent.pools, ...pools],
  };
  if (known === undefined) store.applications.set(id, newPart(next));
  else known.intent = next;
  return number;
}

/** Changes what is wanted without a new revision. */
export function changeIntent(
  store: MemoryStore,
  id: string,
  change: Partial<Pick<Intent["application"], "targetRevision" | "manualScale" | "deletingAtMs" | "rolloutPausedAtMs">>,
  split?: readonly { readonly revision: number; readonly weight: number }[] | null,
): void {
  const part = store.applications.get(id);
  if (part === undefined) return;
  const { application } = part.intent;
  const generation = application.generation + 1;
  // As the store does: a number set by hand and a pause ask for nothing anew.
  const isAside =
    split === undefined && (change.manualScale !== undefined || typeof change.rolloutPausedAtMs === "number");
  const updateGeneration = isAside ? application.updateGeneration : generation;
  part.intent = {
    ...part.intent,
    application: { ...application, ...change, generation, updateGeneration },
    ...(split === undefined ? {} : { split: splitOf(id, split) }),
  };
}

function splitOf(
  applicationId: string,
  entries: readonly { readonly revision: number; readonly weight: number }[] | null,
): Intent["split"] {
  if (entries === null) return null;
  const variants = entries.map(({ revision, weight }) => ({
    name: `r${revision}`,
    revision,
    deployment: null,
    weight,
  }));
  return { applicationId, splitNode: "", variants, rules: [], createdBy: "story", updatedAtMs: 0 };
}

function emptyIntent(id: string, name: string, nowMs: number): Intent {
  return {
    application: {
      id,
      projectId,
      name,
      routePrefix: `/${name}`,
      targetRevision: null,
      generation: 0,
      updateGeneration: 0,
      manualScale: {},
      rolloutPausedAtMs: null,
      deletingAtMs: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    },
    split: null,
    revisions: [],
    deployments: [],
    pools: [],
  };
}

function makeRevision(
  intent: Intent,
  wish: Wish,
  number: number,
  nowMs: number,
): { revision: Revision; pools: Pool[]; deployments: RevisionDeployment[] } {
  const applicationId = intent.application.id;
  const spec: ApplicationSpec = {
    name: wish.name,
    route_prefix: `/${wish.name}`,
    import_path: `${wish.code}:app`,
    runtime_env: { working_dir: `bundle:${bundle}` },
    args: {},
    engine: "sluice",
    deployments: [],
  };
  const description = {
    ingress: wish.deployments[0]?.options.name ?? "",
    deployments: wish.deployments.map(({ options, outbound }) => ({
      options,
      outbound: [...outbound],
      methods: ["fetch"],
      hooks: ["reconfigure"],
    })),
  };
  const plan = planRevisionDeployments(spec, description);
  if (!plan.ok) throw new Error(`the story wishes for what is refused: ${JSON.stringify(plan.issues)}`);
  const pools: Pool[] = [];
  const deployments = plan.deployments.map(({ resolved, ingress, version, reconfigureHash }): RevisionDeployment => {
    const poolId = `${applicationId}/${resolved.name}/${version.slice(0, 6)}/${reconfigureHash.slice(0, 6)}`;
    if (![...intent.pools, ...pools].some((pool) => pool.id === poolId)) {
      const key = { applicationId, deployment: resolved.name, version, reconfigureHash };
      pools.push({ id: poolId, projectId, ...key, createdForRevision: number, createdAtMs: nowMs });
    }
    const its = { applicationId, revision: number, deployment: resolved.name, poolId };
    return { ...its, version, reconfigureHash, resolved, ingress };
  });
  const revision: Revision = {
    id: `${applicationId}-${String(number)}`,
    projectId,
    applicationId,
    number,
    spec,
    specHash: "",
    message: "",
    createdBy: "story",
    createdAtMs: nowMs,
    stage: "described",
    stageMessage: "",
    description: plan.description,
  };
  return { revision, pools, deployments };
}

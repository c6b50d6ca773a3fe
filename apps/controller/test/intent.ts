/** Changes of intent as the API writes them: in one transaction, with the controller's wake-up. */
import {
  appendRevision,
  changeApplication,
  createApplication,
  defaultProjectId,
  lockApplication,
  markApplicationDeleting,
  notify,
  removeTrafficSplit,
  replaceTrafficSplit,
  rootSplit,
  specHash,
  type Application,
  type Database,
} from "@sluice/db";
import type { ApplicationSpec, DeploymentSpec } from "@sluice/contracts";

export const bundleSha256 = "a".repeat(64);

export interface Wish {
  readonly name?: string;
  readonly importPath?: string;
  readonly replicas?: number;
  readonly cpus?: number;
  readonly options?: Partial<DeploymentSpec>;
  /** Hash of a bundle that is there. */
  readonly bundle?: string;
  /** All of them, in place of the one deployment `model`. */
  readonly deployments?: DeploymentSpec[];
}

/** A new revision becomes the target. */
export async function putApplication(db: Database, wish: Wish = {}): Promise<Application> {
  const name = wish.name ?? "digits";
  const spec = specOf(name, wish);
  return await db.transaction(async (tx) => {
    const application =
      (await lockApplication(tx, { projectId: defaultProjectId, name })) ??
      (await createApplication(tx, { projectId: defaultProjectId, name, routePrefix: spec.route_prefix }));
    const revision = await appendRevision(tx, application, {
      spec,
      specHash: specHash(spec),
      message: "",
      createdBy: "test",
      status: { stage: "describing", message: "", description: null },
    });
    const changed = await changeApplication(tx, application, { targetRevision: revision.number });
    await removeTrafficSplit(tx, application.id);
    await notify(tx, "sluice_intent", { applicationId: application.id });
    return changed;
  });
}

export async function putTraffic(db: Database, name: string, weights: Readonly<Record<number, number>>): Promise<void> {
  await change(db, name, async (tx, application) => {
    await replaceTrafficSplit(tx, {
      projectId: application.projectId,
      applicationId: application.id,
      splitNode: rootSplit,
      variants: Object.entries(weights).map(([revision, weight]) => ({
        name: `r${revision}`,
        revision: Number(revision),
        deployment: null,
        weight,
      })),
      rules: [],
      createdBy: "test",
    });
    await changeApplication(tx, application, {});
  });
}

export async function deleteApplication(db: Database, name: string): Promise<void> {
  await change(db, name, async (tx, application) => void (await markApplicationDeleting(tx, application)));
}

type Tx = Parameters<Parameters<Database["transaction"]>[0]>[0];

async function change(
  db: Database,
  name: string,
  work: (tx: Tx, application: Application) => Promise<void>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const application = await lockApplication(tx, { projectId: defaultProjectId, name });
    if (application === null) throw new Error(`there is no application ${name}`);
    await work(tx, application);
    await notify(tx, "sluice_intent", { applicationId: application.id });
  });
}

function specOf(name: string, wish: Wish): ApplicationSpec {
  const { importPath = "app:app", replicas = 1, cpus = 0.5, bundle = bundleSha256 } = wish;
  const model = { name: "model", num_replicas: replicas, ray_actor_options: { num_cpus: cpus }, ...wish.options };
  return {
    name,
    route_prefix: `/${name}`,
    import_path: importPath,
    runtime_env: { working_dir: `bundle:${bundle}` },
    args: {},
    engine: "sluice",
    deployments: wish.deployments ?? [model],
  };
}

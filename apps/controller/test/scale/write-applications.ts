/** Many applications as the API writes them, each described already. */
import type { ApplicationSpec } from "@sluice/contracts";
import {
  appendRevision,
  changeApplication,
  completeRevision,
  createApplication,
  defaultProjectId,
  lockApplication,
  specHash,
  type Database,
} from "@sluice/db";

const bundle = "a".repeat(64);

/** A front and a model behind it: `replicas` in all. */
export async function writeApplication(db: Database, name: string, replicas: number): Promise<string> {
  const spec = specOf(name);
  const fronts = Math.max(1, Math.floor(replicas / 4));
  return await db.transaction(async (tx) => {
    const route = { projectId: defaultProjectId, name, routePrefix: spec.route_prefix };
    const application = await createApplication(tx, route);
    const status = { stage: "describing", message: "", description: null } as const;
    const about = { spec, specHash: specHash(spec), message: "", createdBy: "scale", status };
    const revision = await appendRevision(tx, application, about);
    const options = { ray_actor_options: { num_cpus: 0.5, memory: 100e6 } };
    await completeRevision(tx, revision, {
      ok: true,
      description: {
        ingress: "front",
        deployments: [
          { options: { name: "front", num_replicas: fronts, ...options }, outbound: ["model"], methods: ["fetch"] },
          { options: { name: "model", num_replicas: replicas - fronts, ...options }, outbound: [], methods: ["run"] },
        ],
      },
    });
    await changeApplication(tx, application, { targetRevision: revision.number });
    return application.id;
  });
}

/** Another number of models, by hand. */
export async function scaleApplication(db: Database, name: string, models: number): Promise<void> {
  await db.transaction(async (tx) => {
    const application = await lockApplication(tx, { projectId: defaultProjectId, name });
    if (application !== null) await changeApplication(tx, application, { manualScale: { model: models } });
  });
}

function specOf(name: string): ApplicationSpec {
  return {
    name,
    route_prefix: `/${name}`,
    import_path: "app:app",
    runtime_env: { working_dir: `bundle:${bundle}` },
    args: {},
    engine: "sluice",
    deployments: [],
  };
}

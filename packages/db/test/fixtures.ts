import type { ApplicationSpec, Assignment, NodeFacts } from "@sluice/contracts";
import { testDatabase } from "@sluice/testkit";
import { defaultProjectId, openDatabase } from "../src/index.ts";
import type { Application, Database, NewReplica, Pool, ReplicaMember } from "../src/index.ts";
import { createApplication, findOrCreatePool } from "../src/index.ts";

export interface OpenTestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly db: Database;
}

/** A migrated database of its own, open. */
export async function openTestDatabase(): Promise<OpenTestDatabase> {
  const database = await testDatabase();
  const db = openDatabase({ url: database.url });
  return {
    url: database.url,
    db,
    async [Symbol.asyncDispose]() {
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

export async function makeApplication(
  db: Database,
  name: string,
  routePrefix: string | null = `/${name}`,
): Promise<Application> {
  return await db.transaction((tx) => createApplication(tx, { projectId: defaultProjectId, name, routePrefix }));
}

export async function makePool(
  db: Database,
  application: Application,
  deployment = "model",
  version = "v1",
): Promise<Pool> {
  return await findOrCreatePool(db, {
    projectId: application.projectId,
    applicationId: application.id,
    deployment,
    version,
    reconfigureHash: "r1",
    createdForRevision: 1,
  });
}

export function specOf(name: string): ApplicationSpec {
  return { name, route_prefix: `/${name}`, runtime_env: {}, args: {}, engine: "sluice", deployments: [] };
}

export function newReplica(id: string, pool: Pool): NewReplica {
  return {
    id,
    projectId: pool.projectId,
    applicationId: pool.applicationId,
    poolId: pool.id,
    deployment: pool.deployment,
    version: pool.version,
    revision: pool.createdForRevision,
    stage: "pending",
    stageTimes: { pending: 1_000 },
    message: "",
    replacesId: null,
  };
}

export function memberOf(replicaId: string, pool: Pool, nodeId: string): ReplicaMember {
  const assignment: Assignment = {
    replicaId,
    configVersion: "",
    rank: 0,
    worldSize: 1,
    desired: "run",
    application: "digits",
    applicationId: pool.applicationId,
    deployment: pool.deployment,
    poolId: pool.id,
    version: pool.version,
    revision: 1,
    runtime: "onnx",
    bundle: "0".repeat(64),
    importPath: "",
    args: {},
    envVars: {},
    maxOngoingRequests: 5,
    cpus: 0.25,
    memoryBytes: 1_000_000,
    gpuUuids: ["GPU-1"],
    healthCheckPeriodS: 10,
    healthCheckTimeoutS: 30,
    gracefulShutdownWaitLoopS: 2,
    gracefulShutdownTimeoutS: 20,
  };
  return { rank: 0, nodeId, gpus: 0.5, assignment };
}

export function nodeFacts(nodeId: string): NodeFacts {
  return {
    nodeId,
    name: nodeId,
    hostname: "host",
    dataAddress: "local",
    cpus: 2,
    memoryBytes: 4e9,
    gpus: [],
    custom: {},
    labels: {},
    agentVersion: "0.1.0",
    platform: "linux",
  };
}

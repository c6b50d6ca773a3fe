/** Things that only a controller writes, put into the database by a test. */
import { randomUUID } from "node:crypto";
import type { Assignment, Gpu, NodeFacts } from "@sluice/contracts";
import { createReplica, defaultProjectId, describeKey, listPools, saveBundleDescription, upsertNode } from "@sluice/db";
import type { Replica } from "@sluice/db";
import { modelDescription } from "./api-fixture.ts";
import type { ApiFixture } from "./api-fixture.ts";

const gpu = (uuid: string, index: number): Gpu => ({
  uuid,
  index,
  name: "NVIDIA L4",
  model: "NVIDIA L4",
  parentUuid: null,
  migProfile: null,
  memoryTotalBytes: 24e9,
  memoryUsedBytes: null,
  utilisationPercent: null,
});

/** A node whose agent has said hello. */
export async function storeNode(fixture: ApiFixture, name: string, facts: Partial<NodeFacts> = {}): Promise<string> {
  const nodeId = randomUUID();
  await upsertNode(fixture.db, {
    projectId: defaultProjectId,
    facts: {
      nodeId,
      name,
      hostname: "host",
      dataAddress: "local",
      cpus: 8,
      memoryBytes: 16e9,
      gpus: [gpu(`GPU-${name}-0`, 0), gpu(`GPU-${name}-1`, 1)],
      custom: { licence: 4 },
      labels: { zone: "a" },
      agentVersion: "1",
      platform: "linux",
      ...facts,
    },
  });
  return nodeId;
}

/** Deploys a model application whose bundle is described already, so that the PUT is complete at once. */
export async function deployModel(
  fixture: ApiFixture,
  name: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const bundle = await fixture.storeBundle("file");
  const request = { runtime: "onnx", bundle: bundle.sha256, importPath: "", args: {}, envVars: {} } as const;
  await saveBundleDescription(fixture.db, {
    key: describeKey(request),
    projectId: defaultProjectId,
    request,
    result: { ok: true, description: modelDescription },
  });
  const spec = {
    name,
    route_prefix: `/${name}`,
    deployments: [{ name: "Digits", model: `bundle:${bundle.sha256}`, ...options }],
  };
  await fixture.api.putApplication(fixture.admin, { name, spec });
  return spec;
}

/** A replica of the application's newest pool, running on a node. */
export async function storeReplica(
  fixture: ApiFixture,
  applicationName: string,
  nodeId: string,
  held: { readonly gpus?: number; readonly gpuUuids?: readonly string[] } = {},
): Promise<Replica> {
  const { id: applicationId } = await fixture.api.getApplication(fixture.admin, { name: applicationName });
  const pool = (await listPools(fixture.db, { applicationId })).at(-1);
  if (pool === undefined) throw new Error(`${applicationName} has no pool.`);
  const id = randomUUID().slice(0, 8);
  const { deployment, version, projectId } = pool;
  const assignment: Assignment = {
    replicaId: id,
    configVersion: "",
    rank: 0,
    worldSize: 1,
    desired: "run",
    application: applicationName,
    applicationId,
    deployment,
    poolId: pool.id,
    version,
    revision: 1,
    runtime: "onnx",
    bundle: "0".repeat(64),
    importPath: "",
    args: {},
    envVars: {},
    maxOngoingRequests: 5,
    cpus: 0.5,
    memoryBytes: 1e9,
    custom: { licence: 1 },
    gpuUuids: [...(held.gpuUuids ?? [])],
    healthCheckPeriodS: 10,
    healthCheckTimeoutS: 30,
    gracefulShutdownWaitLoopS: 2,
    gracefulShutdownTimeoutS: 20,
  };
  return await createReplica(
    fixture.db,
    {
      id,
      projectId,
      applicationId,
      poolId: pool.id,
      deployment,
      version,
      revision: 1,
      stage: "ready",
      stageTimes: { ready: Date.now() },
      message: "",
      replacesId: null,
    },
    [{ rank: 0, nodeId, gpus: held.gpus ?? 0, assignment }],
  );
}

import { HostLaunch } from "@sluice/contracts";
import type { RoutingSlice } from "@sluice/contracts";

/** The replica `Front` of an application `app`, as far as its handles need it. */
export const callerLaunch = HostLaunch.parse({
  replicaId: "caller",
  rank: 0,
  worldSize: 1,
  desired: "run",
  application: "app",
  applicationId: "a1",
  deployment: "Front",
  poolId: "p0",
  version: "v1",
  revision: 1,
  runtime: "node",
  bundle: "0".repeat(64),
  importPath: "app:app",
  args: {},
  envVars: {},
  maxOngoingRequests: 100,
  cpus: 0.1,
  memoryBytes: 0,
  gpuUuids: [],
  healthCheckPeriodS: 10,
  healthCheckTimeoutS: 1,
  gracefulShutdownWaitLoopS: 2,
  gracefulShutdownTimeoutS: 5,
  nodeId: "n1",
  bundleDir: "/",
  runDir: "/",
});

/** A slice in which the deployment `Back` has a replica at each of these sockets, named `back-0`, `back-1`, ... */
export function sliceTo(
  sockets: readonly string[],
  limits: { readonly maxOngoingRequests?: number; readonly maxQueuedRequests?: number; readonly version?: number } = {},
): RoutingSlice {
  const { maxOngoingRequests = 100, maxQueuedRequests = -1, version = 1 } = limits;
  const backends = sockets.map((path, at) => ({
    kind: "wire" as const,
    replicaId: `back-${at}`,
    nodeId: "n1",
    address: { kind: "unix" as const, path },
  }));
  return {
    application: "app",
    applicationId: "a1",
    epoch: 1,
    version,
    routePrefix: "/app",
    variants: [{ variant: "r1", revision: 1, weight: 100 }],
    revisions: { "1": { ingress: "Front", pools: { Back: "p1" } } },
    pools: { p1: { poolId: "p1", deployment: "Back", maxOngoingRequests, maxQueuedRequests, backends } },
    message: "",
  };
}

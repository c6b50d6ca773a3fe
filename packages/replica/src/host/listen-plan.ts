import path from "node:path";
import { memberName } from "@sluice/contracts";
import type { HostLaunch, WireAddress } from "@sluice/contracts";

/** Where a replica takes requests: a Unix socket on its own machine; TLS on a port that the system chooses when others call it. */
export function listenPlan(launch: Pick<HostLaunch, "dataAddress" | "runDir" | "replicaId" | "rank">): WireAddress {
  const { dataAddress = "local", runDir } = launch;
  return dataAddress === "local"
    ? { kind: "unix", path: path.join(runDir, `${memberName(launch)}.sock`) }
    : { kind: "tls", host: dataAddress, port: 0 };
}

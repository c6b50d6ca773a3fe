import path from "node:path";
import { memberName } from "@sluice/contracts";
import type { HostLaunch, WireAddress } from "@sluice/contracts";

/** Where a replica takes requests: a Unix socket on its own machine; TLS on a port that the system chooses when others call it. */
export function listenPlan(
  launch: Pick<HostLaunch, "dataAddress" | "dataListenAddress" | "runDir" | "replicaId" | "rank">,
): WireAddress {
  const { dataAddress = "local", dataListenAddress = dataAddress, runDir } = launch;
  return dataAddress === "local"
    ? { kind: "unix", path: path.join(runDir, `${memberName(launch)}.sock`) }
    : { kind: "tls", host: dataListenAddress, port: 0 };
}

/** What others are told: the port that it listens on, at the address by which they know this machine. */
export function advertisedAddress(
  { dataAddress }: Pick<HostLaunch, "dataAddress">,
  listening: WireAddress | undefined,
): WireAddress | null {
  if (listening === undefined) return null;
  return listening.kind === "tls" && dataAddress !== undefined ? { ...listening, host: dataAddress } : listening;
}

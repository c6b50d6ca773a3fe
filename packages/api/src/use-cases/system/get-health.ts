import { isSluiceError } from "@sluice/contracts";
import type { HealthView } from "@sluice/contracts";
import { getLease, listGateways, listNodes } from "@sluice/db";
import type { ApiDeps } from "../../ports/api-deps.ts";

/** Answers to anybody: it tells what is there, nothing of what runs. */
export async function getHealth(deps: ApiDeps): Promise<HealthView> {
  try {
    const [lease, nodes, gateways] = await Promise.all([getLease(deps.db), listNodes(deps.db), listGateways(deps.db)]);
    const isAvailable = lease?.isHeld === true;
    return {
      status: isAvailable ? "ok" : "degraded",
      database: true,
      controller: {
        available: isAvailable,
        epoch: lease?.epoch ?? null,
        address: isAvailable ? lease.address : null,
      },
      nodes_ready: nodes.filter((node) => node.state === "ready").length,
      gateways: gateways.filter((gateway) => gateway.connected).length,
      gateway_url: deps.gateway.url,
      version: deps.version,
    };
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "database/unavailable") throw error;
    return {
      status: "degraded",
      database: false,
      controller: { available: false, epoch: null, address: null },
      nodes_ready: 0,
      gateways: 0,
      gateway_url: deps.gateway.url,
      version: deps.version,
    };
  }
}

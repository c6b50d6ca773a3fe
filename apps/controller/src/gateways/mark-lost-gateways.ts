import { fenced, listGateways, markGatewayDisconnected, notify } from "@sluice/db";
import type { LeaderContext } from "../leader/leader-context.ts";
import type { GatewaySessions } from "./gateway-sessions.ts";

/**
 * Gateways that were connected to a former leader and never came to this one are marked as gone, once they had a heartbeat
 * timeout to come.
 */
export async function markLostGateways(
  context: LeaderContext,
  gateways: GatewaySessions,
  leaderSinceMs: number,
): Promise<void> {
  if (context.now() - leaderSinceMs < context.heartbeatTimeoutMs) return;
  const known = await listGateways(context.database);
  if (!known.some((gateway) => gateway.connected && !gateways.isConnected(gateway.id))) return;
  await fenced(context.database, context.epoch, async (tx) => {
    for (const { id, connected } of known) {
      if (connected && !gateways.isConnected(id)) await markGatewayDisconnected(tx, id);
    }
    await notify(tx, "sluice_status");
  });
}

import type { LeaderParts } from "../leader/leader-context.ts";
import type { GatewaySessions } from "./gateway-sessions.ts";

/**
 * Gateways that were connected to a former leader and never came to this one are marked as gone, once they had a heartbeat
 * timeout to come.
 */
export async function markLostGateways(
  { store, now, heartbeatTimeoutMs }: Pick<LeaderParts, "store" | "now" | "heartbeatTimeoutMs">,
  gateways: Pick<GatewaySessions, "isConnected" | "lostSinceMs">,
  leaderSinceMs: number,
): Promise<void> {
  if (now() - leaderSinceMs < heartbeatTimeoutMs) return;
  const lost = (await store.listGateways()).filter(({ id, connected }) => connected && !gateways.isConnected(id));
  if (lost.length === 0) return;
  await store.markGatewaysDisconnected(lost.map(({ id }) => ({ id, lostAtMs: gateways.lostSinceMs(id) })));
}

import { get, runWrk } from "./load/wrk.ts";
import type { RunningPeer } from "./peers/peer.ts";

const connections = 64;
const seconds = 4;

/**
 * A server that has just started is compiling itself; one in production has been running for days. Each side answers no-ops for a
 * while, so that its first points are measured like the last. The short warm-up of each point is for what only that point uses.
 */
export async function warmUp({ endpoints }: RunningPeer): Promise<void> {
  if (endpoints.noop !== undefined) await runWrk(get(endpoints.noop), { connections, seconds });
}

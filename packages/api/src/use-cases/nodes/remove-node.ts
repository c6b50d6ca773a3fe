import { SluiceError } from "@sluice/contracts";
import type { NodeView } from "@sluice/contracts";
import { listReplicas, revokeNodeCredential } from "@sluice/db";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { changeNode } from "./change-node.ts";

/**
 * Forgets a node: its agent is refused from then on and its credential revoked. One that can be reached and still has replicas is
 * removed only by force; the replicas on a node that cannot be reached are replaced already.
 */
export async function removeNode(
  deps: ApiDeps,
  principal: Principal,
  input: { id: string; force: boolean },
): Promise<NodeView> {
  return await changeNode(deps, principal, input.id, {
    action: "delete",
    name: "node.remove",
    plan: async (tx, node, before) => {
      if (before.removedAtMs !== null) return null;
      const isThere = node.state !== "unreachable" && node.state !== "gone";
      const left = isThere ? (await listReplicas(tx, { nodeId: node.id, live: true })).length : 0;
      if (left > 0 && !input.force) throw hasReplicas(node.name, left, before.scheduling === "draining");
      await revokeNodeCredential(tx, node.id);
      const lost = left === 0 ? "" : ` with ${replicas(left)}, which are replaced elsewhere`;
      return {
        change: { removedAtMs: deps.clock.nowMs() },
        reason: "NodeRemoved",
        message: `Node ${node.name} was removed by ${principal.name}${lost}`,
      };
    },
  });
}

function hasReplicas(name: string, count: number, isDraining: boolean): SluiceError {
  const advice = isDraining
    ? "It is being drained: wait until they are gone, or remove it by force."
    : `Drain it first (POST /nodes/${name}/drain), or remove it by force.`;
  return new SluiceError({
    code: "node/conflict",
    publicMessage: `Node \`${name}\` still has ${replicas(count)}. ${advice} With force=true they end at once.`,
  });
}

const replicas = (count: number): string => (count === 1 ? "1 replica" : `${count} replicas`);

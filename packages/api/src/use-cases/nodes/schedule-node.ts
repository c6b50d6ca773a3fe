import { SluiceError } from "@sluice/contracts";
import type { NodeView } from "@sluice/contracts";
import { getNodeCredential } from "@sluice/db";
import type { Node, NodeIntent, Tx } from "@sluice/db";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { changeNode } from "./change-node.ts";

/** No new replicas go there; those that run stay. A node that drains goes on with what is left. */
export async function cordonNode(deps: ApiDeps, principal: Principal, input: { id: string }): Promise<NodeView> {
  return await changeNode(deps, principal, input.id, {
    action: "update",
    name: "node.cordon",
    plan: (_tx, node, before) => {
      refuseRemoved(node, before);
      if (before.scheduling === "cordoned") return null;
      const message = `Node ${node.name} was cordoned by ${principal.name}: it takes no new replicas`;
      return { change: { scheduling: "cordoned" }, reason: "NodeCordoned", message };
    },
  });
}

/**
 * Takes new replicas again. Also takes a removed node back when its agent comes with the cluster secret; the credential of one that
 * joined with a token was revoked, so it would be refused for ever.
 */
export async function uncordonNode(deps: ApiDeps, principal: Principal, input: { id: string }): Promise<NodeView> {
  return await changeNode(deps, principal, input.id, {
    action: "update",
    name: "node.uncordon",
    plan: async (tx, node, before) => {
      if (before.removedAtMs !== null) await refuseWithoutCredential(tx, node);
      if (before.scheduling === "open" && before.removedAtMs === null) return null;
      const what =
        before.removedAtMs === null ? "takes new replicas again" : "was removed and may come back, within a minute";
      const message = `Node ${node.name} was uncordoned by ${principal.name}: it ${what}`;
      return { change: { scheduling: "open", removedAtMs: null }, reason: "NodeUncordoned", message };
    },
  });
}

/** Its replicas are replaced elsewhere first, then they finish what they have and go. */
export async function drainNode(deps: ApiDeps, principal: Principal, input: { id: string }): Promise<NodeView> {
  return await changeNode(deps, principal, input.id, {
    action: "update",
    name: "node.drain",
    plan: (_tx, node, before) => {
      refuseRemoved(node, before);
      if (before.scheduling === "draining") return null;
      const message = `Node ${node.name} is being drained, asked for by ${principal.name}: its replicas are replaced elsewhere, then they go`;
      return { change: { scheduling: "draining" }, reason: "NodeDraining", message };
    },
  });
}

/** A node that never had a credential comes with the cluster secret. */
async function refuseWithoutCredential(tx: Tx, { id, name }: Node): Promise<void> {
  const credential = await getNodeCredential(tx, id);
  if (credential === null || credential.revokedAtMs === null) return;
  throw new SluiceError({
    code: "node/conflict",
    publicMessage: `Node \`${name}\` was removed: let it join again with a new token (\`sluice nodes token\`).`,
  });
}

export function refuseRemoved(node: Node, intent: NodeIntent): void {
  if (intent.removedAtMs === null) return;
  throw new SluiceError({
    code: "node/conflict",
    publicMessage: `Node \`${node.name}\` was removed. Let it join again with a new token, or uncordon it where it runs beside the controller.`,
  });
}

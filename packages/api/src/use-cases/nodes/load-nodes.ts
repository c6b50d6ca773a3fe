import type { NodeView } from "@sluice/contracts";
import { SluiceError } from "@sluice/contracts";
import {
  getNode as getStoredNode,
  getNodeIntent,
  listAllApplications,
  listNodeIntents,
  listNodes as listStoredNodes,
  listReplicas,
} from "@sluice/db";
import type { Db, Node } from "@sluice/db";
import { nodeViewOf } from "./node-view.ts";

/** All nodes that are not gone, by name. */
export async function loadNodeViews(db: Db): Promise<NodeView[]> {
  const [nodes, intents, replicas, applications] = await Promise.all([
    listStoredNodes(db),
    listNodeIntents(db),
    listReplicas(db, { live: true }),
    loadApplicationNames(db),
  ]);
  const intentOf = new Map(intents.map((intent) => [intent.nodeId, intent]));
  return nodes.map((node) => nodeViewOf({ node, intent: intentOf.get(node.id) ?? null, replicas, applications }));
}

export async function loadNodeView(db: Db, node: Node): Promise<NodeView> {
  const [intent, replicas, applications] = await Promise.all([
    getNodeIntent(db, node.id),
    listReplicas(db, { nodeId: node.id, live: true }),
    loadApplicationNames(db),
  ]);
  return nodeViewOf({ node, intent, replicas, applications });
}

/** By id, or by the name of exactly one node. Nodes that are gone are found by their id. */
export async function findNode(db: Db, idOrName: string): Promise<Node> {
  const byId = await getStoredNode(db, idOrName);
  if (byId !== null) return byId;
  const nodes = await listStoredNodes(db);
  const named = nodes.filter((node) => node.name === idOrName);
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const ids = named.map(({ id }) => id).join(", ");
    throw new SluiceError({
      code: "node/conflict",
      publicMessage: `${named.length} nodes are called \`${idOrName}\`. Name one by its id: ${ids}.`,
    });
  }
  const known = nodes.map(({ name }) => name).slice(0, 10);
  const hint = known.length === 0 ? "There are no nodes yet." : `Nodes here: ${known.join(", ")}.`;
  throw new SluiceError({ code: "node/not_found", publicMessage: `There is no node \`${idOrName}\`. ${hint}` });
}

async function loadApplicationNames(db: Db): Promise<Map<string, string>> {
  return new Map((await listAllApplications(db)).map(({ id, name }) => [id, name]));
}

import type { NodePatch, NodeView } from "@sluice/contracts";
import { canonicalJson, changeOverrides } from "@sluice/domain";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { changeNode } from "./change-node.ts";
import { refuseRemoved } from "./schedule-node.ts";

/** Sets labels, or takes them away with null; placement sees them at once, running replicas stay. */
export async function labelNode(
  deps: ApiDeps,
  principal: Principal,
  input: { id: string } & NodePatch,
): Promise<NodeView> {
  return await changeNode(deps, principal, input.id, {
    action: "update",
    name: "node.label",
    plan: (_tx, node, before) => {
      refuseRemoved(node, before);
      const labels = changeOverrides(node.facts.labels, before.labels, input.labels);
      if (canonicalJson(labels) === canonicalJson(before.labels)) return null;
      const said = Object.entries(input.labels).map(([label, value]) =>
        value === null ? `no ${label}` : `${label}=${value}`,
      );
      const message = `Node ${node.name} was labelled by ${principal.name}: ${said.join(", ")}`;
      return { change: { labels }, reason: "NodeLabelled", message };
    },
  });
}

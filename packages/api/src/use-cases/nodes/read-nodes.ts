import type { NodeView, PageOf } from "@sluice/contracts";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PageInput } from "../api-use-cases.ts";
import { pageOfList } from "../cluster/page-of-list.ts";
import { findNode, loadNodeView, loadNodeViews } from "./load-nodes.ts";

export async function listNodes(deps: ApiDeps, principal: Principal, input: PageInput): Promise<PageOf<NodeView>> {
  authorize(principal, "read", { type: "node", id: null });
  return pageOfList(await loadNodeViews(deps.db), input, (view) => view.id);
}

/** By id or name; one that was removed is still found by its id. */
export async function getNode(deps: ApiDeps, principal: Principal, input: { id: string }): Promise<NodeView> {
  authorize(principal, "read", { type: "node", id: input.id });
  return await loadNodeView(deps.db, await findNode(deps.db, input.id));
}

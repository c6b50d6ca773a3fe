import type { NodeView } from "@sluice/contracts";
import { appendAuditEntry, appendEvents, changeNodeIntent, lockNodeIntent, notify } from "@sluice/db";
import type { Node, NodeIntent, NodeIntentChange, Tx } from "@sluice/db";
import type { IntentEventReason } from "@sluice/domain";
import { authorize } from "../../access/principal.ts";
import type { Action, Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { findNode, loadNodeView } from "./load-nodes.ts";

/** What a call makes of a node's intent, and how the history tells it. */
export interface NodeChange {
  readonly change: NodeIntentChange;
  readonly reason: IntentEventReason;
  /** A sentence with the node's and the person's name. */
  readonly message: string;
}

export interface NodeChangeCall {
  readonly action: Action;
  /** For the audit log, as `node.drain`. */
  readonly name: string;
  /** Null = it is so already; throws what cannot be. */
  readonly plan: (tx: Tx, node: Node, before: NodeIntent) => NodeChange | null | Promise<NodeChange | null>;
}

/**
 * Changes what people want of a node: intent, audit entry, event and the controller's wake-up in one transaction. Asking for
 * what is so already changes nothing.
 */
export async function changeNode(
  deps: ApiDeps,
  principal: Principal,
  idOrName: string,
  call: NodeChangeCall,
): Promise<NodeView> {
  authorize(principal, call.action, { type: "node", id: idOrName });
  const node = await deps.db.transaction(async (tx) => {
    const found = await findNode(tx, idOrName);
    const before = await lockNodeIntent(tx, { nodeId: found.id, projectId: found.projectId });
    const planned = await call.plan(tx, found, before);
    if (planned === null) return found;
    const after = await changeNodeIntent(tx, found.id, { ...planned.change, updatedBy: principal.name });
    await appendAuditEntry(tx, {
      projectId: found.projectId,
      principal: principal.name,
      action: call.name,
      objectKind: "node",
      objectId: found.id,
      objectName: found.name,
      before: auditOf(before),
      after: auditOf(after),
      requestId: principal.requestId ?? null,
    });
    await appendEvents(tx, [
      {
        projectId: found.projectId,
        atMs: deps.clock.nowMs(),
        nodeId: found.id,
        reason: planned.reason,
        severity: "info",
        message: planned.message,
      },
    ]);
    await notify(tx, "sluice_intent");
    return found;
  });
  return await loadNodeView(deps.db, node);
}

function auditOf({ scheduling, labels, removedAtMs }: NodeIntent): unknown {
  return { scheduling, labels, removed: removedAtMs !== null };
}

/** What people want of nodes, as the API writes it: with the controller's wake-up in the transaction. */
import { createHash } from "node:crypto";
import {
  changeNodeIntent,
  createJoinToken,
  defaultProjectId as projectId,
  lockNodeIntent,
  notify,
  type Database,
  type NodeIntentChange,
} from "@sluice/db";

export async function wishNode(db: Database, nodeId: string, change: NodeIntentChange): Promise<void> {
  await db.transaction(async (tx) => {
    await lockNodeIntent(tx, { nodeId, projectId });
    await changeNodeIntent(tx, nodeId, { ...change, updatedBy: "ann" });
    await notify(tx, "sluice_intent");
  });
}

/** Stores a join token. */
export async function letIn(db: Database, token: string, expiresInMs = 60_000): Promise<void> {
  const tokenHash = createHash("sha256").update(token).digest("hex");
  const expiresAtMs = Date.now() + expiresInMs;
  await db.transaction((tx) =>
    createJoinToken(tx, { projectId, name: "rack 2", tokenHash, createdBy: "ann", expiresAtMs }),
  );
}

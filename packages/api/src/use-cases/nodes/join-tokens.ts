/** One-time tokens with which machines join the cluster. */
import { createHash, randomBytes } from "node:crypto";
import { SluiceError } from "@sluice/contracts";
import type { JoinTokenBody, JoinTokenCreated, JoinTokenView } from "@sluice/contracts";
import {
  appendAuditEntry,
  createJoinToken as createStored,
  deleteJoinToken as deleteStored,
  listJoinTokens as listStored,
} from "@sluice/db";
import type { JoinToken, Tx } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { isoOf } from "../applications/application-views.ts";

/** So that people and secret scanners recognise one. */
const prefix = "slj_";

/** Makes a token; this answer is the only place where it stands. */
export async function createJoinToken(
  deps: ApiDeps,
  principal: Principal,
  input: JoinTokenBody,
): Promise<JoinTokenCreated> {
  authorize(principal, "create", { type: "node", id: null });
  const token = `${prefix}${randomBytes(32).toString("base64url")}`;
  const nowMs = deps.clock.nowMs();
  const created = await deps.db.transaction(async (tx) => {
    const stored = await createStored(tx, {
      projectId: deps.projectId,
      name: input.name,
      tokenHash: createHash("sha256").update(token).digest("hex"),
      createdBy: principal.name,
      expiresAtMs: nowMs + input.ttl_s * 1000,
    });
    await audit(tx, principal, "join_token.create", stored);
    return stored;
  });
  return { ...viewOf(created, nowMs), token, join_urls: [...(await deps.controller.joinUrls())] };
}

/** Newest first, without the tokens themselves: of them only hashes are kept. */
export async function listJoinTokens(deps: ApiDeps, principal: Principal): Promise<{ items: JoinTokenView[] }> {
  authorize(principal, "read", { type: "node", id: null });
  const tokens = await listStored(deps.db, deps.projectId);
  return { items: tokens.map((token) => viewOf(token, deps.clock.nowMs())) };
}

/** Takes a token back; a node that joined with it stays. */
export async function deleteJoinToken(deps: ApiDeps, principal: Principal, input: { id: string }): Promise<void> {
  authorize(principal, "delete", { type: "node", id: null });
  await deps.db.transaction(async (tx) => {
    const token = await deleteStored(tx, input.id);
    if (token === null) {
      throw new SluiceError({
        code: "join_token/not_found",
        publicMessage: `There is no join token \`${input.id}\`.`,
      });
    }
    await audit(tx, principal, "join_token.delete", token);
  });
}

async function audit(tx: Tx, principal: Principal, action: string, token: JoinToken): Promise<void> {
  await appendAuditEntry(tx, {
    projectId: token.projectId,
    principal: principal.name,
    action,
    objectKind: "join_token",
    objectId: token.id,
    objectName: token.name,
    before: null,
    after: { expires_at: isoOf(token.expiresAtMs) },
    requestId: principal.requestId ?? null,
  });
}

function viewOf(token: JoinToken, nowMs: number): JoinTokenView {
  return {
    id: token.id,
    name: token.name,
    state: token.usedAtMs !== null ? "used" : token.expiresAtMs <= nowMs ? "expired" : "open",
    created_by: token.createdBy,
    created_at: isoOf(token.createdAtMs),
    expires_at: isoOf(token.expiresAtMs),
    used_at: token.usedAtMs === null ? null : isoOf(token.usedAtMs),
    node_id: token.nodeId,
  };
}

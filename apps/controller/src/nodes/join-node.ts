/** A machine becomes a node: it spends its token and gets a credential of its own. */
import { randomBytes } from "node:crypto";
import { JoinCall, SluiceError, type JoinAnswer } from "@sluice/contracts";
import {
  changeNodeIntent,
  findJoinToken,
  fenced,
  getNode,
  lockNodeIntent,
  notify,
  saveNodeCredential,
  useJoinToken,
  type Db,
  type JoinTokenUse,
  type Tx,
} from "@sluice/db";
import type { LeaderContext } from "../leader/leader-context.ts";
import { credentialPrefix, hashOf } from "./callers.ts";

export interface JoinFacts {
  /** The node's agent is connected now. */
  readonly isHere: (nodeId: string) => boolean;
}

/**
 * Spends the token and makes the credential in one transaction. A node that was removed is taken back: whoever made the token let
 * it in. This is the one change of a node's intent that does not come from the API.
 */
export async function joinNode(
  { database, epoch, now, isHere }: Pick<LeaderContext, "database" | "epoch" | "now"> & JoinFacts,
  authorization: string | undefined,
  body: unknown,
): Promise<JoinAnswer> {
  const token = tokenOf(authorization);
  const call = JoinCall.safeParse(body);
  if (!call.success) {
    const publicMessage = "The body does not describe a node.";
    throw new SluiceError({ code: "request/invalid", publicMessage, cause: call.error });
  }
  const { nodeId, name: nodeName } = call.data.node;
  if (isHere(nodeId)) throw takenId(nodeId, nodeName, "is connected");
  const credential = `${credentialPrefix}${randomBytes(32).toString("base64url")}`;
  await fenced(database, epoch, async (tx) => {
    const { id, name, projectId } = refuseUnlessUsedNow(
      await useJoinToken(tx, { tokenHash: hashOf(token), nodeId, nowMs: now() }),
    );
    // A token lets a new machine in; it is no key to a node that is only silent, with the secrets of its replicas.
    const known = await getNode(tx, nodeId);
    const { removedAtMs } = await lockNodeIntent(tx, { nodeId, projectId });
    if (known !== null && known.state !== "gone" && removedAtMs === null) throw takenId(nodeId, nodeName, "is known");
    await saveNodeCredential(tx, { nodeId, projectId, keyHash: hashOf(credential) });
    await takeBack(tx, { nodeId, projectId }, `join token ${name === "" ? id : name}`);
    await notify(tx, "sluice_intent");
  });
  return { node_id: nodeId, credential };
}

/** Throws what a leader would say to a token that lets nobody in; spends nothing. */
export async function refuseStranger(db: Db, authorization: string | undefined, nowMs: number): Promise<void> {
  const token = await findJoinToken(db, hashOf(tokenOf(authorization)));
  if (token === null) throw unknownToken();
  if (token.usedAtMs !== null) refuseUnlessUsedNow({ kind: "used_before", token });
  if (token.expiresAtMs <= nowMs) refuseUnlessUsedNow({ kind: "expired", token });
}

function tokenOf(authorization: string | undefined): string {
  const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
  if (token === undefined) throw unknownToken();
  return token;
}

function takenId(nodeId: string, nodeName: string, how: string): SluiceError {
  return new SluiceError({
    code: "node/conflict",
    publicMessage: `A node with the id ${nodeId} ${how}. Give ${nodeName} a directory of its own (--dir), or remove the other node first (\`sluice nodes remove\`).`,
  });
}

async function takeBack(
  tx: Tx,
  node: { readonly nodeId: string; readonly projectId: string },
  updatedBy: string,
): Promise<void> {
  const { removedAtMs } = await lockNodeIntent(tx, node);
  if (removedAtMs === null) return;
  await changeNodeIntent(tx, node.nodeId, { removedAtMs: null, scheduling: "open", updatedBy });
}

function refuseUnlessUsedNow(use: JoinTokenUse): Extract<JoinTokenUse, { kind: "used_now" }>["token"] {
  switch (use.kind) {
    case "used_now":
      return use.token;
    case "unknown":
      throw unknownToken();
    case "expired":
      throw new SluiceError({
        code: "join/expired_token",
        publicMessage: `This join token ran out at ${isoOf(use.token.expiresAtMs)}. Make a new one: sluice nodes token`,
      });
    case "used_before":
      throw new SluiceError({
        code: "join/used_token",
        publicMessage: `This join token was used at ${isoOf(use.token.usedAtMs ?? 0)}; each lets one machine in, once. Make a new one: sluice nodes token`,
      });
  }
}

function unknownToken(): SluiceError {
  return new SluiceError({
    code: "join/unknown_token",
    publicMessage: "This join token is not known here. Copy it whole, or make a new one: sluice nodes token",
  });
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Who may call the controller: the cluster's own processes by the cluster secret, nodes that joined by their credential. */
import { createHash } from "node:crypto";
import { findNodeCredential, getNodeIntent, type Database } from "@sluice/db";
import { isBearer } from "@sluice/observability";

export type Caller =
  | { readonly kind: "cluster" }
  /** `refusal`: the credential was one, and is none any more. */
  | { readonly kind: "node"; readonly nodeId: string; readonly refusal: string | null };

export type IdentifyCaller = (authorization: string | undefined) => Promise<Caller | null>;

export function identifyCallers(database: Database, secret: string): IdentifyCaller {
  return async (authorization) => {
    if (isBearer(authorization, secret)) return { kind: "cluster" };
    const key = authorization?.startsWith("Bearer ") === true ? authorization.slice("Bearer ".length) : "";
    if (!key.startsWith(credentialPrefix)) return null;
    const credential = await findNodeCredential(database, hashOf(key));
    if (credential === null) return null;
    const { nodeId, revokedAtMs } = credential;
    const intent = await getNodeIntent(database, nodeId);
    const isRemoved = intent !== null && intent.removedAtMs !== null;
    const by = isRemoved ? ` by ${intent.updatedBy}` : "";
    const refusal =
      isRemoved || revokedAtMs !== null ? `This node was removed${by}. Join again with a new token.` : null;
    return { kind: "node", nodeId, refusal };
  };
}

/** So that people and secret scanners recognise one. */
export const credentialPrefix = "sln_";

/** Credentials and tokens are random 256-bit values, so a fast hash is enough. */
export function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

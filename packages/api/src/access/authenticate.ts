import { createHash } from "node:crypto";
import { SluiceError } from "@sluice/contracts";
import { useApiKey } from "@sluice/db";
import type { Db } from "@sluice/db";
import { localAdmin } from "./principal.ts";
import type { Principal } from "./principal.ts";
import { isEqualSecret, isSessionValid, readCookie, sessionCookie } from "./session.ts";

export interface Authenticator {
  /** Who calls; `auth/required` when nobody acceptable does. A wrong credential is never ignored. */
  authenticate(headers: Headers): Promise<Principal>;
  /** Whether a caller without a credential is refused. */
  readonly needsCredential: boolean;
}

/** Without an admin token whoever reaches the (loopback) listener is the local admin. API keys work either way. */
export function createAuthenticator(options: {
  readonly db: Db;
  readonly adminToken: string | null;
  readonly nowMs: () => number;
}): Authenticator {
  const { db, adminToken, nowMs } = options;
  return {
    needsCredential: adminToken !== null,
    async authenticate(headers) {
      const authorization = headers.get("authorization");
      if (authorization !== null) return await authenticateBearer(db, adminToken, authorization);
      if (adminToken === null) return localAdmin;
      const session = readCookie(headers.get("cookie"), sessionCookie);
      if (session !== null && isSessionValid(session, adminToken, nowMs())) {
        return { kind: "session", name: "admin", role: "admin" };
      }
      throw new SluiceError({
        code: "auth/required",
        publicMessage: "This installation asks for its admin token or an API key: Authorization: Bearer ...",
      });
    },
  };
}

async function authenticateBearer(db: Db, adminToken: string | null, authorization: string): Promise<Principal> {
  const token = /^bearer\s+(\S+)$/i.exec(authorization.trim())?.[1];
  if (token !== undefined && adminToken !== null && isEqualSecret(token, adminToken)) {
    return { kind: "admin_token", name: "admin", role: "admin" };
  }
  const key = token === undefined ? null : await useApiKey(db, createHash("sha256").update(token).digest("hex"));
  if (key === null) {
    throw new SluiceError({
      code: "auth/required",
      publicMessage: "This token or API key is not known here, or no longer in force.",
    });
  }
  return { kind: "api_key", name: `key ${key.name}`, role: key.role === "admin" ? "admin" : "viewer" };
}

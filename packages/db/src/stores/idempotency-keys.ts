import { SluiceError } from "@sluice/contracts";
import { randomUUID } from "node:crypto";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toJson } from "../connection/row-values.ts";

export interface IdempotentRequest {
  readonly projectId: string;
  readonly principal: string;
  /** Value of the Idempotency-Key header. */
  readonly key: string;
  /** sha256 over method, path and body. */
  readonly fingerprint: string;
}

/** `fresh`: run it and then save the answer; `running`: another call is at it; `done`: give this answer again. */
export type IdempotencyClaim =
  | { readonly kind: "fresh" }
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly status: number; readonly response: unknown };

const DAY_MS = 86_400_000;

/** Claims a key for a request. Exactly one of several callers gets `fresh`; the same key with another request is refused. */
export async function claimIdempotencyKey(
  db: Db,
  request: IdempotentRequest,
  lifetimeMs: number = DAY_MS,
): Promise<IdempotencyClaim> {
  const { projectId, principal, key, fingerprint } = request;
  const expiresAt = new Date(Date.now() + lifetimeMs);
  return await query(db, async (prisma) => {
    await prisma.idempotencyKey.deleteMany({ where: { projectId, principal, key, expiresAt: { lt: new Date() } } });
    const inserted = await prisma.$executeRaw`
      INSERT INTO idempotency_key (id, project_id, principal, key, fingerprint, expires_at)
      VALUES (${randomUUID()}, ${projectId}, ${principal}, ${key}, ${fingerprint}, ${expiresAt})
      ON CONFLICT (project_id, principal, key) DO NOTHING`;
    if (inserted > 0) return { kind: "fresh" } as const;
    const row = await prisma.idempotencyKey.findUnique({
      where: { projectId_principal_key: { projectId, principal, key } },
    });
    if (row !== null && row.fingerprint !== fingerprint) {
      throw new SluiceError({
        code: "idempotency/mismatch",
        publicMessage: "This Idempotency-Key was used with another request. Use a new key for each new request.",
      });
    }
    if (row === null || row.status === null) return { kind: "running" } as const;
    return { kind: "done", status: row.status, response: fromJson<unknown>(row.response) } as const;
  });
}

/** Keeps the answer, to be given again. */
export async function saveIdempotentAnswer(
  db: Db,
  request: IdempotentRequest,
  status: number,
  response: unknown,
): Promise<void> {
  const { projectId, principal, key } = request;
  await query(db, (prisma) =>
    prisma.idempotencyKey.updateMany({
      where: { projectId, principal, key },
      data: { status, response: toJson(response) },
    }),
  );
}

/** Gives a claimed key back after a failure, so that the request may be tried again. */
export async function releaseIdempotencyKey(db: Db, request: IdempotentRequest): Promise<void> {
  const { projectId, principal, key } = request;
  await query(db, (prisma) => prisma.idempotencyKey.deleteMany({ where: { projectId, principal, key, status: null } }));
}

export async function deleteExpiredIdempotencyKeys(db: Db): Promise<number> {
  const { count } = await query(db, (prisma) =>
    prisma.idempotencyKey.deleteMany({ where: { expiresAt: { lt: new Date() } } }),
  );
  return count;
}

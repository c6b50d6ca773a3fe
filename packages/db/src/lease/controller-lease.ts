import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Database } from "../connection/open-database.ts";

export interface ControllerLease {
  readonly epoch: number;
  /** Names one life of one controller; a restarted one is another holder. */
  readonly holder: string;
  /** Internal HTTP address of the leader. */
  readonly address: string;
  readonly acquiredAtMs: number;
  /** By the clock of the database: moves with each sign of life of the leader, and is compared with itself only. */
  readonly expiresAtMs: number;
  /** False once it ran out, by the clock of the database. */
  readonly isHeld: boolean;
}

export interface LeaseClaim {
  readonly holder: string;
  readonly address: string;
  readonly ttlMs: number;
}

/**
 * 2026-01-01 in Unix seconds. Epochs are at least the seconds since then (an int lasts until 2094): agents and gateways
 * remember the highest they saw, and must not refuse the leader of another database, or of one restored from a backup.
 */
const EPOCH_ZERO_S = 1_767_225_600;

/**
 * Takes the lease when nobody holds it, with a higher epoch than ever before; null when somebody does. All times are by the clock of
 * the database. The row lock waits for fenced transactions of the former leader and keeps new ones out.
 */
export async function acquireLease(database: Database, claim: LeaseClaim): Promise<{ readonly epoch: number } | null> {
  // A look without a lock first: candidates that wait must not disturb the leader.
  const current = await getLease(database);
  if (current?.isHeld === true) return null;
  return await database.transaction((tx) =>
    query(tx, async (prisma) => {
      const free = await prisma.$queryRaw<{ epoch: number }[]>`
        SELECT epoch FROM controller_lease WHERE id = 1 AND expires_at <= clock_timestamp() FOR UPDATE`;
      if (free.length === 0) return null;
      const taken = await prisma.$queryRaw<{ epoch: number }[]>`
        UPDATE controller_lease SET
          epoch = GREATEST(epoch + 1, floor(extract(epoch FROM clock_timestamp()) - ${EPOCH_ZERO_S}::float8)::int),
          holder = ${claim.holder}, address = ${claim.address},
          acquired_at = clock_timestamp(), expires_at = clock_timestamp() + ${claim.ttlMs}::float8 * interval '1 millisecond'
        WHERE id = 1 RETURNING epoch`;
      return taken[0] ?? null;
    }),
  );
}

/** Prolongs the lease; false when it is lost: another holder, another epoch, or it ran out. */
export async function renewLease(
  db: Db,
  held: { readonly holder: string; readonly epoch: number; readonly ttlMs: number },
): Promise<boolean> {
  const renewed = await query(
    db,
    (prisma) => prisma.$executeRaw`
      UPDATE controller_lease SET expires_at = clock_timestamp() + ${held.ttlMs}::float8 * interval '1 millisecond'
      WHERE id = 1 AND holder = ${held.holder} AND epoch = ${held.epoch} AND expires_at > clock_timestamp()`,
  );
  return renewed > 0;
}

/** Gives the lease back, so that the next candidate need not wait for it to run out. */
export async function releaseLease(db: Db, held: { readonly holder: string; readonly epoch: number }): Promise<void> {
  await query(
    db,
    (prisma) => prisma.$executeRaw`
      UPDATE controller_lease SET expires_at = clock_timestamp() WHERE id = 1 AND holder = ${held.holder} AND epoch = ${held.epoch}`,
  );
}

/** The lease as it stands; null before anybody ever held it. */
export async function getLease(db: Db): Promise<ControllerLease | null> {
  const rows = await query(
    db,
    (prisma) => prisma.$queryRaw<
      { epoch: number; holder: string; address: string; acquired_at: Date; expires_at: Date; is_held: boolean }[]
    >`
      SELECT epoch, holder, address, acquired_at, expires_at, expires_at > clock_timestamp() AS is_held FROM controller_lease WHERE id = 1`,
  );
  const row = rows[0];
  if (row === undefined || row.epoch === 0) return null;
  const { epoch, holder, address } = row;
  const acquiredAtMs = row.acquired_at.getTime();
  return { epoch, holder, address, acquiredAtMs, expiresAtMs: row.expires_at.getTime(), isHeld: row.is_held };
}

import { SluiceError } from "@sluice/contracts";
import type { Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Database } from "../connection/open-database.ts";

/**
 * Runs `work` in a transaction that commits only while `epoch` is the epoch of the lease; otherwise nothing is written and
 * the error is `controller/stale_epoch`. Every write of status goes through here.
 *
 * The key-share lock on the lease lets the leader renew meanwhile (an update of other columns) but makes a takeover wait,
 * so no write of epoch n commits after epoch n + 1 began.
 */
export async function fenced<T>(database: Database, epoch: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await database.transaction(async (tx) => {
    const rows = await query(
      tx,
      (prisma) => prisma.$queryRaw<{ epoch: number }[]>`SELECT epoch FROM controller_lease WHERE id = 1 FOR KEY SHARE`,
    );
    const current = rows[0]?.epoch;
    if (current !== epoch) {
      throw new SluiceError({
        code: "controller/stale_epoch",
        publicMessage: `This controller no longer leads: its epoch is ${epoch}, the lease is at ${current ?? "none"}.`,
      });
    }
    return await work(tx);
  });
}

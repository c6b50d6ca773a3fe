/** Where the controllers are: each says so itself while it lives, and nodes are told. */
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";

export interface ControllerPlace {
  /** Names one life of one controller, as in the lease. */
  readonly holder: string;
  /** Internal HTTP address, on its own machine. */
  readonly address: string;
  /** Of its door for nodes on other machines; null without one. */
  readonly nodeUrl: string | null;
}

/** One that is down comes back under its address, mostly: it stays known for a day. */
const keptHours = 24;

/** Says where this controller is, and that it lives. Those long gone are forgotten. */
export async function saveControllerPlace(db: Db, { holder, address, nodeUrl }: ControllerPlace): Promise<void> {
  await query(
    db,
    (prisma) => prisma.$executeRaw`
      INSERT INTO controller (holder, address, node_url, seen_at) VALUES (${holder}, ${address}, ${nodeUrl}, clock_timestamp())
      ON CONFLICT (holder) DO UPDATE SET address = excluded.address, node_url = excluded.node_url, seen_at = excluded.seen_at`,
  );
  await query(
    db,
    (prisma) => prisma.$executeRaw`
      DELETE FROM controller WHERE seen_at < clock_timestamp() - ${keptHours}::int * interval '1 hour'`,
  );
}

/** All that were there within a day, who was last seen first. */
export async function listControllerPlaces(db: Db): Promise<ControllerPlace[]> {
  const rows = await query(
    db,
    (prisma) => prisma.$queryRaw<{ holder: string; address: string; node_url: string | null }[]>`
      SELECT holder, address, node_url FROM controller ORDER BY seen_at DESC, holder`,
  );
  return rows.map(({ holder, address, node_url }) => ({ holder, address, nodeUrl: node_url }));
}

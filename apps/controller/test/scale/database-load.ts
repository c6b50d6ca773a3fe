/** What Postgres wrote in a while: rows and WAL. */
import pg from "pg";

interface Counters {
  readonly rows: number;
  readonly walBytes: number;
}

export async function measureDatabase(
  url: string,
  work: () => Promise<void>,
): Promise<{ rowsPerS: number; walPerS: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const before = await read(client);
    const startedMs = performance.now();
    await work();
    const seconds = (performance.now() - startedMs) / 1000;
    // Sessions tell their counts at most once a second.
    await new Promise<void>((resolve) => setTimeout(resolve, 2_000));
    const after = await read(client);
    return { rowsPerS: (after.rows - before.rows) / seconds, walPerS: (after.walBytes - before.walBytes) / seconds };
  } finally {
    await client.end();
  }
}

async function read(client: pg.Client): Promise<Counters> {
  const { rows } = await client.query<{ rows: string; wal: string }>(`
    SELECT (tup_inserted + tup_updated + tup_deleted)::text AS rows,
      pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS wal
    FROM pg_stat_database WHERE datname = current_database()`);
  return { rows: Number(rows[0]?.rows ?? 0), walBytes: Number(rows[0]?.wal ?? 0) };
}

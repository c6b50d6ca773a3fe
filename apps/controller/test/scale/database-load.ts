/** What Postgres wrote in a while: rows and WAL. */
import pg from "pg";

interface Counters {
  readonly rows: number;
  readonly walBytes: number;
  readonly byTable: ReadonlyMap<string, number>;
}

export interface DatabaseLoad {
  readonly rowsPerS: number;
  readonly walPerS: number;
  /** The tables that most rows went to. */
  readonly tables: readonly string[];
}

export async function measureDatabase(url: string, work: () => Promise<void>): Promise<DatabaseLoad> {
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
    const tables = [...after.byTable]
      .map(([table, rows]) => ({ table, perS: (rows - (before.byTable.get(table) ?? 0)) / seconds }))
      .sort((a, b) => b.perS - a.perS)
      .slice(0, 6)
      .map(({ table, perS }) => `${table} ${perS.toFixed(0)}/s`);
    const events = await client.query<{ text: string }>(
      `SELECT reason || ' ' || count(*) AS text FROM event WHERE at > now() - $1 * interval '1 s' GROUP BY reason`,
      [seconds],
    );
    tables.push(...events.rows.map(({ text }) => `event ${text}`));
    const rowsPerS = (after.rows - before.rows) / seconds;
    return { rowsPerS, walPerS: (after.walBytes - before.walBytes) / seconds, tables };
  } finally {
    await client.end();
  }
}

async function read(client: pg.Client): Promise<Counters> {
  const { rows } = await client.query<{ rows: string; wal: string }>(`
    SELECT (tup_inserted + tup_updated + tup_deleted)::text AS rows,
      pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS wal
    FROM pg_stat_database WHERE datname = current_database()`);
  const tables = await client.query<{ name: string; rows: string }>(`
    SELECT relname AS name, (n_tup_ins + n_tup_upd + n_tup_del)::text AS rows FROM pg_stat_all_tables`);
  const byTable = new Map(tables.rows.map((table) => [table.name, Number(table.rows)]));
  return { rows: Number(rows[0]?.rows ?? 0), walBytes: Number(rows[0]?.wal ?? 0), byTable };
}

import { ApiError, type Client } from "@sluice/sdk";
import { invalid } from "./output/invalid.ts";

export interface LogsOptions {
  readonly follow: boolean;
  /** `10m`, `2h`, or a time as 2026-03-02T09:00:00Z. */
  readonly since: string | undefined;
  readonly signal?: AbortSignal;
}

/** `sluice logs <replica|application>`: of an application, those of its replicas one after the other, or mixed while it follows. */
export async function printLogs(
  client: Client,
  target: string,
  options: LogsOptions,
  nowMs: number,
  write: (text: string) => void,
): Promise<void> {
  const since = options.since === undefined ? undefined : readSince(options.since, nowMs);
  const ids = await replicasOf(client, target);
  const log = {
    ...(since === undefined ? {} : { since }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const isMany = ids.length > 1;
  if (!options.follow) {
    for (const id of ids) {
      if (isMany) write(`==> ${id}\n`);
      write(await explained(client, id, () => client.replicas.logs(id, log)));
    }
    return;
  }
  await Promise.all(
    ids.map(async (id) => {
      const follow = async (): Promise<void> => {
        for await (const text of client.replicas.followLogs(id, log)) write(isMany ? prefixed(id, text) : text);
      };
      await explained(client, id, follow);
    }),
  );
}

/** A node that is away may come back with its logs; one that was removed does not, and the error says so. */
async function explained<T>(client: Client, id: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "logs/unavailable") throw error;
    const removed = await findRemovedNode(client, id);
    if (removed === null) throw error;
    throw invalid(
      `Replica \`${id}\` ran on node ${removed.name}, which was removed at ${removed.at}. Its logs went with it.`,
    );
  }
}

async function findRemovedNode(client: Client, replicaId: string): Promise<{ name: string; at: string } | null> {
  const replica = await client.replicas.get(replicaId);
  const nodeId = replica.node_id ?? replica.members[0]?.node_id;
  if (nodeId === undefined) return null;
  const { name, removed_at: at } = await client.nodes.get(nodeId);
  return at === null ? null : { name, at };
}

/** Newest first is how replicas are listed; people read from the oldest. */
async function replicasOf(client: Client, target: string): Promise<string[]> {
  try {
    return [(await client.replicas.get(target)).id];
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
  try {
    const { items } = await client.replicas.list({ application: target });
    const live = items.filter(({ stage }) => stage !== "stopped" && stage !== "failed");
    const chosen = live.length > 0 ? live : items.slice(0, 1);
    if (chosen.length === 0) throw invalid(`${target} has no replicas yet.`);
    return chosen.map(({ id }) => id).reverse();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw invalid(`There is no replica and no application \`${target}\`. See: sluice status`);
  }
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** As ISO 8601. */
export function readSince(text: string, nowMs: number): string {
  const span = /^(\d+)([smhd])$/.exec(text);
  if (span !== null) return new Date(nowMs - Number(span[1]) * (unitMs[span[2] ?? ""] ?? 0)).toISOString();
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs))
    throw invalid(`--since ${text} is no time. Give a span as 10m or 2h, or a time as 2026-03-02T09:00:00Z.`);
  return new Date(atMs).toISOString();
}

/** Each line says whose it is. Pieces end with a line. */
function prefixed(id: string, text: string): string {
  return text.replace(/^(?=.)/gm, `${id}  `);
}

import type { NodeFacts, NodeUsage } from "@sluice/contracts";
import type { NodeState } from "@sluice/domain";
import { nodeStates } from "@sluice/domain";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, oneOf, toJson, toMs, toText } from "../connection/row-values.ts";
import type { Node as NodeRow } from "../generated/client.ts";

export interface Node {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly facts: NodeFacts;
  /** Of the last heartbeat. */
  readonly usage: NodeUsage | null;
  readonly state: NodeState;
  readonly message: string;
  readonly createdAtMs: number;
  readonly stateSinceMs: number;
  readonly lastSeenAtMs: number;
}

/** An agent said hello: its facts are renewed and it is ready, unless it was cordoned. */
export async function upsertNode(
  db: Db,
  input: { readonly projectId: string; readonly facts: NodeFacts },
): Promise<Node> {
  const { facts, projectId } = input;
  const row = await query(db, async (prisma) => {
    await prisma.$executeRaw`
      INSERT INTO node AS n (id, project_id, name, facts, state, message)
      VALUES (${facts.nodeId}, ${projectId}, ${facts.name}, ${JSON.stringify(toJson(facts))}::jsonb, 'ready', '')
      ON CONFLICT (id) DO UPDATE SET
        name = excluded.name,
        facts = excluded.facts,
        state_since = CASE WHEN n.state IN ('ready', 'cordoned') THEN n.state_since ELSE clock_timestamp() END,
        message = CASE WHEN n.state = 'cordoned' THEN n.message ELSE '' END,
        state = CASE WHEN n.state = 'cordoned' THEN n.state ELSE 'ready' END,
        last_seen_at = clock_timestamp()`;
    return await prisma.node.findUniqueOrThrow({ where: { id: facts.nodeId } });
  });
  return nodeOf(row);
}

/** A heartbeat. */
export async function saveNodeUsage(db: Db, nodeId: string, usage: NodeUsage): Promise<void> {
  await query(db, (prisma) =>
    prisma.node.updateMany({ where: { id: nodeId }, data: { usage: toJson(usage), lastSeenAt: new Date() } }),
  );
}

/** Moves a node to a state; `stateSinceMs` moves only when the state is another one. */
export async function setNodeState(db: Db, nodeId: string, state: NodeState, message: string): Promise<void> {
  await query(
    db,
    (prisma) => prisma.$executeRaw`
      UPDATE node SET
        message = ${toText(message)},
        state_since = CASE WHEN state = ${state} THEN state_since ELSE clock_timestamp() END,
        state = ${state}
      WHERE id = ${nodeId}`,
  );
}

export async function getNode(db: Db, id: string): Promise<Node | null> {
  const row = await query(db, (prisma) => prisma.node.findUnique({ where: { id } }));
  return row && nodeOf(row);
}

/** By name. Nodes that are gone are left out unless asked for. */
export async function listNodes(
  db: Db,
  filter: { readonly withGone?: boolean; readonly ids?: readonly string[] } = {},
): Promise<Node[]> {
  const rows = await query(db, (prisma) =>
    prisma.node.findMany({
      where: {
        ...(filter.withGone === true ? {} : { state: { not: "gone" } }),
        ...(filter.ids === undefined ? {} : { id: { in: [...filter.ids] } }),
      },
      orderBy: [{ name: "asc" }, { id: "asc" }],
    }),
  );
  return rows.map(nodeOf);
}

function nodeOf(row: NodeRow): Node {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    facts: fromJson(row.facts),
    usage: fromJson(row.usage),
    state: oneOf(nodeStates, row.state),
    message: row.message,
    createdAtMs: toMs(row.createdAt),
    stateSinceMs: toMs(row.stateSince),
    lastSeenAtMs: toMs(row.lastSeenAt),
  };
}

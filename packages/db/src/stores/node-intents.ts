import { mergeLabels } from "@sluice/domain";
import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, oneOf, toJson, toMs, toNullableDate, toNullableMs } from "../connection/row-values.ts";
import type { NodeIntent as NodeIntentRow } from "../generated/client.ts";
import { listNodes } from "./nodes.ts";
import type { Node } from "./nodes.ts";

/** `cordoned` takes no new replicas; `draining` also gives up those it has, replacements first. */
export const nodeSchedulings = ["open", "cordoned", "draining"] as const;
export type NodeScheduling = (typeof nodeSchedulings)[number];

/** What people want of a node. A node without a row is open, with the labels that its agent reports. */
export interface NodeIntent {
  readonly nodeId: string;
  readonly projectId: string;
  readonly scheduling: NodeScheduling;
  /** Label -> value, or null to take away one that the agent reports. */
  readonly labels: Readonly<Record<string, string | null>>;
  /** Since when the node is removed: its agent is refused. */
  readonly removedAtMs: number | null;
  /** Who changed it last. */
  readonly updatedBy: string;
  readonly updatedAtMs: number;
}

export interface NodeIntentChange {
  readonly scheduling?: NodeScheduling;
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly removedAtMs?: number | null;
}

/** Takes the lock that every change of a node's intent holds; a node without one gets the intent that changes nothing. */
export async function lockNodeIntent(
  tx: Tx,
  node: { readonly nodeId: string; readonly projectId: string },
): Promise<NodeIntent> {
  const { nodeId, projectId } = node;
  return await query(tx, async (prisma) => {
    await prisma.$executeRaw`
      INSERT INTO node_intent (node_id, project_id, updated_by) VALUES (${nodeId}, ${projectId}, '')
      ON CONFLICT (node_id) DO NOTHING`;
    await prisma.$queryRaw`SELECT node_id FROM node_intent WHERE node_id = ${nodeId} FOR NO KEY UPDATE`;
    return intentOf(await prisma.nodeIntent.findUniqueOrThrow({ where: { nodeId } }));
  });
}

/** Writes a change to an intent that {@link lockNodeIntent} locked. */
export async function changeNodeIntent(
  tx: Tx,
  nodeId: string,
  change: NodeIntentChange & { readonly updatedBy: string },
): Promise<NodeIntent> {
  const { scheduling, labels, removedAtMs, updatedBy } = change;
  const row = await query(tx, (prisma) =>
    prisma.nodeIntent.update({
      where: { nodeId },
      data: {
        updatedBy,
        ...(scheduling === undefined ? {} : { scheduling }),
        ...(labels === undefined ? {} : { labels: toJson(labels) }),
        ...(removedAtMs === undefined ? {} : { removedAt: toNullableDate(removedAtMs) }),
      },
    }),
  );
  return intentOf(row);
}

export async function getNodeIntent(db: Db, nodeId: string): Promise<NodeIntent | null> {
  const row = await query(db, (prisma) => prisma.nodeIntent.findUnique({ where: { nodeId } }));
  return row && intentOf(row);
}

export async function listNodeIntents(db: Db): Promise<NodeIntent[]> {
  const rows = await query(db, (prisma) => prisma.nodeIntent.findMany({ orderBy: { nodeId: "asc" } }));
  return rows.map(intentOf);
}

/** Nodes as placement sees them: their facts carry the labels in force, not those that the agent reported. */
export async function listLabelledNodes(db: Db): Promise<Node[]> {
  const [nodes, intents] = [await listNodes(db), await listNodeIntents(db)];
  const overrides = new Map(intents.map(({ nodeId, labels }) => [nodeId, labels]));
  return nodes.map((node) => {
    const labels = mergeLabels(node.facts.labels, overrides.get(node.id) ?? {});
    return { ...node, facts: { ...node.facts, labels } };
  });
}

function intentOf(row: NodeIntentRow): NodeIntent {
  return {
    nodeId: row.nodeId,
    projectId: row.projectId,
    scheduling: oneOf(nodeSchedulings, row.scheduling),
    labels: fromJson(row.labels),
    removedAtMs: toNullableMs(row.removedAt),
    updatedBy: row.updatedBy,
    updatedAtMs: toMs(row.updatedAt),
  };
}

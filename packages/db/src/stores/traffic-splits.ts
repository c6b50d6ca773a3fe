import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toJson, toMs } from "../connection/row-values.ts";
import type { Prisma } from "../generated/client.ts";
import { whereApplication, type OfApplications } from "./of-applications.ts";

/** The split node of an application's root split, over revisions. */
export const rootSplit = "";

/** One side of a split: a revision at the root, a deployment behind a split node. */
export interface TrafficVariant {
  /** `r7` for a revision, else the deployment's name. */
  readonly name: string;
  readonly revision: number | null;
  readonly deployment: string | null;
  /** 0..100; the variants of a split sum to 100. */
  readonly weight: number;
}

/** Requests that match go to one variant before weights are looked at. The first rule that matches wins. */
export interface TrafficRule {
  readonly match: unknown;
  /** Name of a variant of the same split. */
  readonly variant: string;
}

export interface TrafficSplit {
  readonly applicationId: string;
  readonly splitNode: string;
  readonly variants: readonly TrafficVariant[];
  readonly rules: readonly TrafficRule[];
  readonly createdBy: string;
  readonly updatedAtMs: number;
}

const withParts = {
  variants: { orderBy: { position: "asc" } },
  rules: { orderBy: { position: "asc" } },
} satisfies Prisma.TrafficSplitInclude;

/** Replaces the split of a node as a whole. The caller holds the lock of the application and has checked the weights. */
export async function replaceTrafficSplit(
  tx: Tx,
  split: {
    readonly projectId: string;
    readonly applicationId: string;
    readonly splitNode: string;
    readonly variants: readonly TrafficVariant[];
    readonly rules: readonly TrafficRule[];
    readonly createdBy: string;
  },
): Promise<TrafficSplit> {
  const { projectId, applicationId, splitNode, createdBy } = split;
  const row = await query(tx, async (prisma) => {
    await prisma.trafficSplit.deleteMany({ where: { applicationId, splitNode } });
    return await prisma.trafficSplit.create({
      data: {
        projectId,
        applicationId,
        splitNode,
        createdBy,
        variants: { create: split.variants.map((variant, position) => ({ ...variant, position })) },
        rules: {
          create: split.rules.map((rule, position) => ({ variant: rule.variant, match: toJson(rule.match), position })),
        },
      },
      include: withParts,
    });
  });
  return splitOf(row);
}

/** Null = no split wanted: follow the target revision. */
export async function getTrafficSplit(
  db: Db,
  applicationId: string,
  splitNode: string = rootSplit,
): Promise<TrafficSplit | null> {
  const row = await query(db, (prisma) =>
    prisma.trafficSplit.findUnique({
      where: { applicationId_splitNode: { applicationId, splitNode } },
      include: withParts,
    }),
  );
  return row && splitOf(row);
}

/** Splits of one application, of several, or of all. */
export async function listTrafficSplits(db: Db, filter: OfApplications = {}): Promise<TrafficSplit[]> {
  const rows = await query(db, (prisma) =>
    prisma.trafficSplit.findMany({
      where: whereApplication(filter),
      include: withParts,
      orderBy: { splitNode: "asc" },
    }),
  );
  return rows.map(splitOf);
}

/** Removes the split of a node; true when there was one. */
export async function removeTrafficSplit(
  tx: Tx,
  applicationId: string,
  splitNode: string = rootSplit,
): Promise<boolean> {
  const { count } = await query(tx, (prisma) =>
    prisma.trafficSplit.deleteMany({ where: { applicationId, splitNode } }),
  );
  return count > 0;
}

function splitOf(row: Prisma.TrafficSplitGetPayload<{ include: typeof withParts }>): TrafficSplit {
  return {
    applicationId: row.applicationId,
    splitNode: row.splitNode,
    variants: row.variants.map(({ name, revision, deployment, weight }) => ({ name, revision, deployment, weight })),
    rules: row.rules.map((rule) => ({ match: fromJson(rule.match), variant: rule.variant })),
    createdBy: row.createdBy,
    updatedAtMs: toMs(row.updatedAt),
  };
}

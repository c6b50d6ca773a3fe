import {
  deleteEventsBefore,
  deleteGatewaysNotSeenSince,
  deleteJoinTokensBefore,
  deleteMetricPointsBefore,
  fenced,
  sweepUnfinishedBundles,
} from "@sluice/db";
import type { LeaderContext } from "./leader-context.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** 10 s windows are kept for a week: the longest range the charts offer. */
const metricsKeptMs = 8 * dayMs;
const eventsKeptMs = 30 * dayMs;
/** After they ran out: who used which token can be looked up for so long. */
const joinTokensKeptMs = 7 * dayMs;

/** Forgets what is older than it is kept for. */
export async function sweepOldRows({
  database,
  epoch,
  now,
}: Pick<LeaderContext, "database" | "epoch" | "now">): Promise<void> {
  const nowMs = now();
  await fenced(database, epoch, async (tx) => {
    await deleteMetricPointsBefore(tx, nowMs - metricsKeptMs);
    await deleteEventsBefore(tx, nowMs - eventsKeptMs);
    await deleteGatewaysNotSeenSince(tx, nowMs - dayMs);
    await deleteJoinTokensBefore(tx, nowMs - joinTokensKeptMs);
    await sweepUnfinishedBundles(tx, nowMs - hourMs);
  });
}

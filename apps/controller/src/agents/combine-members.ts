import type { ReplicaObservation } from "@sluice/contracts";
import type { ReplicaStage } from "@sluice/domain";

/** Position on the way to ready; a member that nobody spoke of yet is before all of them. */
const progress: readonly ReplicaStage[] = ["assigned", "preparing", "starting", "loading", "ready"];

/**
 * A replica of several processes as one: as far as the slowest of its members, failed as soon as one of them failed or ended
 * unasked, stopped when all have stopped. Rank 0 takes the requests, so address, process and load are its own.
 */
export function combineMembers(
  replicaId: string,
  worldSize: number,
  members: ReadonlyMap<number, ReplicaObservation>,
  /** Where members are that nobody spoke of yet. */
  unheardStage: ReplicaStage = "assigned",
): ReplicaObservation {
  const unheard = (rank: number): ReplicaObservation => unheardOf(replicaId, rank, unheardStage);
  const all = Array.from({ length: worldSize }, (_, rank) => members.get(rank) ?? unheard(rank));
  const first = all[0] ?? unheard(0);
  const worst = worstOf(all);
  const rss = all.map(({ rssBytes }) => rssBytes ?? 0).reduce((sum, bytes) => sum + bytes, 0);
  const configs = new Set(all.map(({ configVersion }) => configVersion));
  return {
    ...first,
    stage: worst.stage,
    stageTimes: latest(all),
    message:
      worst.rank === 0 || worst.message === "" ? worst.message : `member ${String(worst.rank)}: ${worst.message}`,
    exit: worst.exit,
    // In force once every member has it.
    configVersion: configs.size === 1 ? first.configVersion : oldest(all),
    rssBytes: rss === 0 ? null : rss,
  };
}

function worstOf(all: readonly ReplicaObservation[]): ReplicaObservation {
  const failed = all.find(({ stage }) => stage === "failed");
  if (failed !== undefined) return failed;
  const going = all.filter(({ stage }) => stage === "draining");
  const gone = all.find(({ stage }) => stage === "stopped");
  if (going[0] !== undefined) return going[0];
  if (gone !== undefined) {
    const left = all.some(({ stage }) => stage !== "stopped");
    return left ? { ...gone, stage: "failed", message: gone.message || "one of its members ended" } : gone;
  }
  return all.reduce((slowest, member) => (rankOf(member) < rankOf(slowest) ? member : slowest));
}

function rankOf({ stage }: ReplicaObservation): number {
  return progress.indexOf(stage);
}

/** A stage is entered when its last member enters it. */
function latest(all: readonly ReplicaObservation[]): ReplicaObservation["stageTimes"] {
  const times: ReplicaObservation["stageTimes"] = {};
  for (const { stageTimes } of all) {
    for (const [stage, atMs] of Object.entries(stageTimes) as [ReplicaStage, number][]) {
      times[stage] = Math.max(times[stage] ?? 0, atMs);
    }
  }
  return times;
}

function oldest(all: readonly ReplicaObservation[]): string | null {
  const [first] = all;
  return all.find(({ configVersion }) => configVersion !== first?.configVersion)?.configVersion ?? null;
}

/** A member that nobody spoke of yet. */
export function unheardOf(replicaId: string, rank: number, stage: ReplicaStage): ReplicaObservation {
  return {
    replicaId,
    rank,
    configVersion: null,
    stage,
    stageTimes: {},
    address: null,
    pid: null,
    message: "",
    exit: null,
    ongoing: 0,
    rssBytes: null,
  };
}

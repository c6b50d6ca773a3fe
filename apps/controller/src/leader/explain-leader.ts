import type { Door } from "../http/link-server.ts";
import type { StandbyAnswer } from "../http/node-routes.ts";
import type { LeaderPlace } from "./standby-watch.ts";

/** What one that stands by says to who came by this door. */
export function explainLeader({ address, nodeUrl }: LeaderPlace, door: Door): StandbyAnswer {
  const leader = door === "internal" ? address : nodeUrl;
  return { reason: `This controller stands by; the leader ${whereOf(leader)}.`, leader: leader ?? null };
}

/** One of an earlier version never says where its door is. */
function whereOf(leader: string | null | undefined): string {
  if (leader === undefined) return "has not said where its door for other machines is";
  return leader === null ? "has no door for other machines" : `is at ${leader}`;
}

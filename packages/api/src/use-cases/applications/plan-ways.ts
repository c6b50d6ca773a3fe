/** How each restarted deployment comes in: beside the old replicas, in steps, or not before there is room. Pure. */
import type { PlanView } from "@sluice/contracts";
import type { Node, Replica } from "@sluice/db";
import { membersOfOptions, placeReplicas, stepBudget } from "@sluice/domain";
import type { DeploymentChange } from "./plan-deployments.ts";
import { placementNodesOf } from "./plan-nodes.ts";

type Line = PlanView["deployments"][number];

/** The same lines, restarts with their way and what it means for requests. */
export function withWays(
  changes: readonly DeploymentChange[],
  unplaced: PlanView["unplaced"],
  nodes: readonly Node[],
  replicas: readonly Replica[],
): Line[] {
  return changes.map((change) => {
    const { line, planned, replacesPoolId } = change;
    if (planned === null || replacesPoolId === null || line.action !== "restart") return line;
    const hasRoom = unplaced.every(({ deployment }) => deployment !== line.name);
    const way = hasRoom ? "surge" : fitsInstead(change, nodes, replicas) ? stepOrInterrupt(line) : "wait";
    const size = way === "step" ? stepBudget(line.num_replicas, planned.resolved.rolling_update_percentage) : null;
    return { ...line, way, step_size: size, reason: `${line.reason} ${sentenceOf(way, size)}` };
  });
}

function stepOrInterrupt({ num_replicas }: Line): "step" | "interrupt" {
  return num_replicas > 1 ? "step" : "interrupt";
}

/** One new replica would find room if the old ones were gone. */
function fitsInstead(
  { planned, replacesPoolId, line }: DeploymentChange,
  nodes: readonly Node[],
  replicas: readonly Replica[],
): boolean {
  if (planned === null) return false;
  const others = replicas.filter(({ poolId }) => poolId !== replacesPoolId);
  const wish = {
    replicaId: line.name,
    poolId: `new:${line.name}`,
    ...membersOfOptions(planned.resolved),
    maxReplicasPerNode: planned.resolved.max_replicas_per_node,
  };
  return placeReplicas({ nodes: placementNodesOf(nodes, others), wanted: [wish], running: [] }).placed.length > 0;
}

function sentenceOf(way: NonNullable<Line["way"]>, size: number | null): string {
  switch (way) {
    case "surge":
      return "New replicas start first, then the old ones drain.";
    case "step":
      return `There is no room for all new replicas beside the old: ${size ?? 1} old ${size === 1 ? "goes" : "go"} at a time.`;
    case "interrupt":
      return "There is no room for a second replica: the old one goes first, and requests wait until the new one is ready.";
    case "wait":
      return "There is no room for it: the old replicas serve on until there is.";
    case "move":
      return "";
    default:
      return way satisfies never;
  }
}

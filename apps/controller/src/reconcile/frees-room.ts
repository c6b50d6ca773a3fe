import type { Replica, StatusBatch } from "@sluice/db";

/** Whether after this batch a replica may fit that did not before: others gave up their room, or a node takes replicas. */
export function freesRoom({ changedReplicas, deletedReplicas, nodes }: StatusBatch): boolean {
  return (
    changedReplicas.some(({ before, after }) => holdsRoom(before) && !holdsRoom(after)) ||
    deletedReplicas.some(holdsRoom) ||
    nodes.some(({ state, message }) => state === "ready" && message === "")
  );
}

function holdsRoom({ endedAtMs, members }: Replica): boolean {
  return endedAtMs === null && members.length > 0;
}

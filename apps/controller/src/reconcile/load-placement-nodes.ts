import { listNodes, listReplicas, type Database, type Node } from "@sluice/db";
import { measureNode, type PlacementNode, type RoomHolder } from "@sluice/domain";

/** All nodes with the room that replicas of all applications hold on them. */
export async function loadPlacementNodes(database: Database): Promise<PlacementNode[]> {
  const [nodes, replicas] = await Promise.all([listNodes(database), listReplicas(database, { live: true })]);
  const holders: RoomHolder[] = replicas.flatMap((replica) =>
    replica.members.map(({ nodeId, gpus, assignment }) => ({
      nodeId,
      resources: { cpus: assignment.cpus, gpus, memoryBytes: assignment.memoryBytes, custom: assignment.custom ?? {} },
      gpuUuids: assignment.gpuUuids,
    })),
  );
  return nodes.map((node) => placementNode(node, holders));
}

function placementNode({ id, name, state, facts }: Node, holders: readonly RoomHolder[]): PlacementNode {
  const { cpus, memoryBytes, custom, labels } = facts;
  const gpus = facts.gpus.map((gpu) => ({
    uuid: gpu.uuid,
    model: gpu.model === "" ? gpu.name : gpu.model,
    memoryBytes: gpu.memoryTotalBytes,
  }));
  const capacity = { cpus, gpus: gpus.length, memoryBytes, custom };
  return measureNode({ nodeId: id, nodeName: name, state, capacity, gpus, labels }, holders);
}

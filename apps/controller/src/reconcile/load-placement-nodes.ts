import { listNodes, listReplicas, type Database, type Node } from "@sluice/db";
import { measureNodeUse, type PlacementNode, type RoomHolder } from "@sluice/domain";

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

function placementNode(node: Node, holders: readonly RoomHolder[]): PlacementNode {
  const { facts } = node;
  const use = measureNodeUse({ nodeId: node.id, gpuUuids: facts.gpus.map((gpu) => gpu.uuid) }, holders);
  return {
    nodeId: node.id,
    nodeName: node.name,
    state: node.state,
    capacity: { cpus: facts.cpus, gpus: facts.gpus.length, memoryBytes: facts.memoryBytes, custom: facts.custom },
    used: use.used,
    gpus: use.gpus,
  };
}

import { explainNode } from "./explain-node.ts";
import type { ExplainContext, Explained } from "./explain-node.ts";
import { readLabel } from "./match-labels.ts";
import type { NodeRoom } from "./node-room.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/**
 * Explains one member's refusal node by node. In a large cluster most nodes refuse for the same reason with the same
 * numbers: their words are made once, which is several times quicker for a thousand nodes.
 */
export function rememberReasons(member: PreparedMember): (room: NodeRoom, context: ExplainContext) => Explained {
  const known = new Map<string, Explained>();
  return (room, context) => {
    const key = keyOf(member, room, context);
    if (key === null) return explainNode(member, room, context);
    const { nodeId, nodeName } = room.facts;
    let explained = known.get(key);
    if (explained === undefined) {
      explained = explainNode(member, room, context);
      known.set(key, explained);
    }
    const { reason, advice, suggestion } = explained.refusal;
    return { refusal: { nodeId, nodeName, reason, advice, suggestion }, closeness: explained.closeness };
  };
}

/** All that the words depend on beside the member; null where that is too much to write down. */
function keyOf(member: PreparedMember, room: NodeRoom, context: ExplainContext): string | null {
  const { facts, capacity, used } = room;
  const { need, wish, labels } = member;
  const dependsOnGpus = need.gpus > 0 || wish.acceleratorType !== null;
  if (dependsOnGpus && room.gpus.length > 0) return null;
  if (need.custom.length > 0 || facts.heldBy !== undefined || context.heldBy.length > 0) return null;
  const here = room.poolCounts.get(need.poolId ?? "") ?? 0;
  let key = `${facts.state} ${facts.closedBecause ?? ""} ${here} ${capacity.cpus} ${used.cpus}`;
  if (need.memoryBytes > 0) key += ` ${capacity.memoryBytes} ${used.memoryBytes}`;
  for (const { label } of labels) key += ` ${JSON.stringify(readLabel(facts, label) ?? null)}`;
  return key;
}

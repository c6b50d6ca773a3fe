/** Why a node that is drained does not get empty: its replicas stay until their replacements run elsewhere. */
import type { Replica } from "@sluice/db";
import type { ClusterState } from "../state/cluster-state.ts";

/** Nothing = no replacement waits for room. For each deployment one sentence's worth, the first named with its reason. */
export function explainDrain(state: Pick<ClusterState, "application" | "replicasOn">, nodeId: string): string | null {
  const waiting = new Map<string, { readonly name: string; readonly why: string }>();
  for (const { applicationId, poolId, deployment } of state.replicasOn(nodeId)) {
    const part = state.application(applicationId);
    if (part === undefined || waiting.has(poolId)) continue;
    const replacement = [...part.replicas.values()].find(
      (each) => each.poolId === poolId && each.stage === "pending" && each.message !== "",
    );
    if (replacement === undefined) continue;
    waiting.set(poolId, {
      name: `${part.intent.application.name}/${deployment}`,
      why: shortReason(replacement, nodeId),
    });
  }
  const [first, ...others] = waiting.values();
  if (first === undefined) return null;
  const rest = others.length === 0 ? "" : `; so do those of ${others.map(({ name }) => name).join(", ")}`;
  return `The replacement of ${first.name} waits for room: ${first.why}${rest}`;
}

/** One of the other nodes: that the node itself takes none needs no words. */
function shortReason({ refusals, message }: Replica, nodeId: string): string {
  if (refusals === null) return firstSentence(message);
  const [first, ...others] = refusals.filter((refusal) => refusal.nodeId !== nodeId);
  if (first === undefined) return "there is no other node";
  const rest = others.length === 0 ? "" : `, and ${others.length} more ${others.length === 1 ? "refuses" : "refuse"}`;
  return `${first.nodeName}: ${firstSentence(first.reason)}${rest}`;
}

/** Numbers hold points, so a sentence ends where a space follows. */
function firstSentence(text: string): string {
  return (text.split(/\.(?:\s|$)/, 1)[0] ?? text).slice(0, 200);
}

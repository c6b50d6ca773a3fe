/** How the state of a node reads, with what is special about it. Pure. */
import type { NodeView } from "@sluice/contracts";
import { nodeLook } from "../../components/states.ts";
import type { StateLook } from "../../components/states.ts";

export type NodeLookFacts = Pick<NodeView, "state" | "reason" | "removed_at" | "drain">;

export interface NodeLook extends StateLook {
  /** A sentence; empty where there is nothing to explain. */
  readonly reason: string;
}

/** A ready node takes replicas, unless it carries a reason why not: its agent is there, but requests would not reach them. */
export function takesReplicas({ state, reason, removed_at: removedAt }: NodeLookFacts): boolean {
  return state === "ready" && removedAt === null && reason === "";
}

export function lookOfNode(node: NodeLookFacts): NodeLook {
  const reason = sentence(node.reason);
  if (node.removed_at !== null) return { tone: "gone", word: "Removed", reason };
  if (takesReplicas(node)) return { ...nodeLook.ready, reason: "" };
  if (node.state === "ready") return { tone: "warn", word: "Takes no replicas", reason };
  if (node.state === "draining" && node.drain?.replicas_left === 0) return { tone: "gone", word: "Drained", reason };
  return { ...nodeLook[node.state], reason: reason === "" ? "No reason was given." : reason };
}

/** Why a drain does not come to its end, out of the reason of the node; empty where nothing hinders it. */
export function drainHindrance(reason: string): string {
  return reason.replace(/^Draining: [^.]*\.\s*/, "");
}

function sentence(text: string): string {
  if (text === "") return "";
  const first = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

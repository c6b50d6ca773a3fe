import type { ApplicationSummary, NodeView } from "@sluice/contracts";
import { applicationLook } from "../../components/states.ts";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { lookOfNode, takesReplicas } from "../node/node-look.ts";
import { plural } from "../../format/numbers.ts";

export interface Attention {
  readonly id: string;
  readonly tone: Tone;
  readonly title: string;
  readonly reason: string;
  readonly href: string;
}

const order: readonly Tone[] = ["bad", "warn", "busy", "gone"];

/** Everything that is not as wanted, worst first. */
export function listAttention(applications: readonly ApplicationSummary[], nodes: readonly NodeView[]): Attention[] {
  const ofApplications = applications
    .filter((one) => one.status !== "RUNNING" || one.ready_replicas < one.wanted_replicas)
    .map((one) => ({
      id: `a:${one.name}`,
      tone: one.status === "RUNNING" ? ("warn" as const) : applicationLook[one.status].tone,
      title: `${one.name}: ${applicationLook[one.status].word.toLowerCase()}, ${one.ready_replicas} of ${plural(one.wanted_replicas, "replica")} ready`,
      reason: one.message,
      href: `/applications/${encodeURIComponent(one.name)}`,
    }));
  const ofNodes = nodes
    .filter((node) => node.removed_at === null && (node.state !== "ready" || !takesReplicas(node)))
    .filter((node) => node.state !== "gone")
    .map((node) => ({
      id: `n:${node.id}`,
      tone: lookOfNode(node).tone,
      title: `Node ${node.name}: ${lookOfNode(node).word.toLowerCase()}`,
      reason: lookOfNode(node).reason,
      href: `/nodes/${encodeURIComponent(node.id)}`,
    }));
  return [...ofApplications, ...ofNodes].sort((left, right) => order.indexOf(left.tone) - order.indexOf(right.tone));
}

/** Said when nothing needs attention. */
export function allWellText(applications: number): string {
  if (applications === 0) return "Nothing is deployed, so nothing needs attention.";
  return applications === 1
    ? "The application runs with every replica ready."
    : `All ${plural(applications, "application")} run with every replica ready.`;
}

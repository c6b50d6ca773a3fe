/** What can be done with a node now, and why not. Pure. */
import type { NodeView } from "@sluice/contracts";
import type { NodeAction } from "./node-dialogs.tsx";

export interface OfferedAction {
  readonly action: NodeAction;
  readonly label: string;
  /** Why it is off. */
  readonly reason: string | undefined;
}

export function offerActions({
  scheduling,
  removed_at: removedAt,
}: Pick<NodeView, "scheduling" | "removed_at">): OfferedAction[] {
  const removed = removedAt === null ? undefined : "It was removed";
  const cordon: OfferedAction =
    scheduling === "open" && removedAt === null
      ? { action: "cordon", label: "Cordon…", reason: undefined }
      : { action: "uncordon", label: removedAt === null ? "Uncordon…" : "Take back…", reason: undefined };
  return [
    cordon,
    {
      action: "drain",
      label: "Drain…",
      reason: removed ?? (scheduling === "draining" ? "It is being drained already" : undefined),
    },
    { action: "remove", label: "Remove…", reason: removed && "It was removed already" },
  ];
}

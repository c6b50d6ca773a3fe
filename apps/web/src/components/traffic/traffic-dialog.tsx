"use client";

import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { formatPercent } from "@/format/numbers.ts";
import type { Weight } from "./weights.ts";

export interface TrafficDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  before: readonly Weight[];
  after: readonly Weight[];
  gateways: number;
  /** Revisions in `after` that have no ready replica now. */
  starting: readonly number[];
  busy: boolean;
  problem: string | null;
  onApply: () => void;
}

/** Before and after, side by side, before anything is sent. */
export function TrafficDialog({
  open,
  onOpenChange,
  before,
  after,
  gateways,
  starting,
  busy,
  problem,
  onApply,
}: TrafficDialogProps) {
  const revisions = [...new Set([...before, ...after].map((weight) => weight.revision))].sort(
    (left, right) => left - right,
  );
  const of = (weights: readonly Weight[], revision: number): number =>
    (weights.find((weight) => weight.revision === revision)?.tenths ?? 0) / 10;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Apply this split"
      description={`New requests follow it on ${gateways === 1 ? "the gateway" : `all ${gateways} gateways`}, usually within 2 s. Requests that run now finish where they are.`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button look="primary" onClick={onApply} reason={busy ? "Being applied" : undefined} autoFocus>
            {busy ? "Applying" : "Apply"}
          </Button>
        </>
      }
    >
      <table className="mt-3 w-full text-left">
        <thead>
          <tr className="text-xs text-faint">
            <th className="py-1 font-normal">Revision</th>
            <th className="py-1 text-right font-normal">Before</th>
            <th className="py-1 text-right font-normal">After</th>
            <th className="py-1 text-right font-normal">Change</th>
          </tr>
        </thead>
        <tbody>
          {revisions.map((revision) => {
            const change = of(after, revision) - of(before, revision);
            return (
              <tr key={revision} className="border-t border-line">
                <td className="py-1.5">
                  <RevisionChip revision={revision} />
                </td>
                <td className="py-1.5 text-right text-dim">{formatPercent(of(before, revision))}</td>
                <td className="py-1.5 text-right font-medium">{formatPercent(of(after, revision))}</td>
                <td className="py-1.5 text-right text-dim">
                  {change === 0
                    ? "same"
                    : `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(1).replace(/\.0$/, "")}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {starting.length > 0 && (
        <p className="mt-3 text-dim">
          {starting.map((revision) => `r${revision}`).join(", ")} has no ready replica: its replicas start first, and
          its weight rises when they are ready.
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="mt-3 text-bad">
          {problem}
        </p>
      )}
    </Dialog>
  );
}

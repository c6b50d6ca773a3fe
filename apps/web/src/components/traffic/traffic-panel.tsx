"use client";

import { useState } from "react";
import type { ApplicationView, ReplicaView, RevisionView } from "@sluice/contracts";
import { eventSentence } from "@/components/events/event-words.ts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Select } from "@/components/ui/select.tsx";
import { useMetrics } from "@/data/queries.ts";
import { formatPercent, plural } from "@/format/numbers.ts";
import { observedShares } from "./observed-shares.ts";
import type { ObservedShare } from "./observed-shares.ts";
import { TrafficDialog } from "./traffic-dialog.tsx";
import { UndoRow } from "./undo-row.tsx";
import { splitOf, useSplitDraft } from "./use-split-draft.ts";
import { useTrafficChange } from "./use-traffic-change.ts";
import { WeightSlider } from "./weight-slider.tsx";
import { addRevision, canMove, moveWeight, removeRevision, sameSplit, toggleLock } from "./weights.ts";

const observedWindowMs = 60_000;

export interface TrafficPanelProps {
  application: ApplicationView;
  revisions: readonly RevisionView[];
  replicas: readonly ReplicaView[];
}

export function TrafficPanel({ application, revisions, replicas }: TrafficPanelProps) {
  const { traffic } = application;
  const { weights, wanted, changed, setDraft, reset } = useSplitDraft(traffic);
  const [confirming, setConfirming] = useState(false);
  const { change, undo, undoable, busy, problem } = useTrafficChange(application);
  const observedAnswer = useMetrics({
    metrics: ["throughput"],
    application: application.name,
    byRevision: true,
    range: { kind: "last", durationMs: observedWindowMs },
  }).data;
  const observed = observedShares(observedAnswer);
  const ready = new Set(
    replicas.filter((replica) => replica.stage === "ready").flatMap((replica) => replica.revisions),
  );
  const addable = revisions.filter(
    (revision) =>
      revision.stage !== "describe_failed" && !weights.some((weight) => weight.revision === revision.number),
  );
  const messageOf = (number: number): string => {
    const revision = revisions.find((one) => one.number === number);
    // The message may be cut, the other word not.
    return [number === application.target_revision ? "target" : "", revision?.message].filter(Boolean).join(" · ");
  };
  // While the wanted split is in force there is nothing to explain.
  const deviates = traffic.reason !== "" && !sameSplit(splitOf({ ...traffic, wanted: null }), wanted);
  const apply = async (): Promise<void> => {
    const accepted = await change(
      weights
        .filter((weight) => weight.tenths > 0)
        .map((weight) => ({ revision: weight.revision, weight: weight.tenths / 10 })),
    );
    if (accepted) setConfirming(false);
  };

  return (
    <Card title="Traffic" note={gatewaysText(traffic.gateways_applied, traffic.gateways_total)}>
      {weights.length === 0 && (
        <p className="text-dim">No revision takes requests yet. The first one does when its replicas are ready.</p>
      )}
      {weights.map((weight) => (
        <WeightSlider
          key={weight.revision}
          weight={weight}
          note={messageOf(weight.revision)}
          observed={observed.find((share) => share.revision === weight.revision)?.share ?? null}
          movable={canMove(weights, weight.revision)}
          removable={weights.length > 1}
          onMove={(tenths) => setDraft(moveWeight(weights, weight.revision, tenths))}
          onLock={() => setDraft(toggleLock(weights, weight.revision))}
          onRemove={() => setDraft(removeRevision(weights, weight.revision))}
        />
      ))}
      <p className="mt-1 text-xs text-faint">
        {observedAnswer === undefined ? "Observed: being read" : observedText(observed)}
      </p>
      {deviates && <p className="mt-1 text-xs wrap-anywhere text-dim">{eventSentence(traffic.reason)}</p>}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        {addable.length > 0 && (
          <Select
            aria-label="Add a revision to the split"
            value=""
            className="w-[116px]"
            onChange={(event) => setDraft(addRevision(weights, Number(event.target.value)))}
          >
            <option value="" disabled>
              Add revision
            </option>
            {addable.map((revision) => (
              <option key={revision.number} value={revision.number}>
                r{revision.number} {revision.message}
              </option>
            ))}
          </Select>
        )}
        <span className="flex-1" />
        {!changed && traffic.wanted !== null ? (
          <Button
            size="small"
            onClick={() => void change(null)}
            title={`All requests to r${application.target_revision}, the target revision`}
          >
            Follow target
          </Button>
        ) : (
          <Button size="small" onClick={reset} reason={changed ? undefined : "Nothing was moved"}>
            Reset
          </Button>
        )}
        <Button
          size="small"
          look="primary"
          onClick={() => setConfirming(true)}
          reason={changed ? undefined : applyReason(weights.length, addable.length)}
        >
          Apply
        </Button>
      </div>
      {undoable !== null && !changed && <UndoRow change={undoable} busy={busy} onUndo={() => void undo()} />}
      {problem !== null && !confirming && (
        <p role="alert" className="mt-2 text-xs text-bad">
          {problem}
        </p>
      )}
      <TrafficDialog
        open={confirming}
        onOpenChange={setConfirming}
        before={wanted}
        after={weights}
        gateways={traffic.gateways_total}
        starting={weights
          .filter((weight) => weight.tenths > 0 && !ready.has(weight.revision))
          .map((weight) => weight.revision)}
        busy={busy}
        problem={problem}
        onApply={() => void apply()}
      />
    </Card>
  );
}

function gatewaysText(applied: number, total: number): string {
  return total === 0 ? "no gateway is connected" : `in force on ${applied} of ${plural(total, "gateway")}`;
}

function observedText(observed: readonly ObservedShare[]): string {
  if (observed.length === 0) return "Observed: no requests in the last minute";
  const requests = observed.reduce((sum, share) => sum + share.requests, 0);
  return `Observed ${observed.map((share) => `r${share.revision} ${formatPercent(share.share)}`).join(", ")} of ${plural(requests, "request")}, last 1 min`;
}

function applyReason(variants: number, addable: number): string {
  if (variants > 1) return "Move a slider first";
  return addable > 0
    ? "Add a second revision, then move its slider"
    : "There is one revision only; deploy another one to split traffic";
}

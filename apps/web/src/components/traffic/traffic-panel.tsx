"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import type { ApplicationView, ReplicaView, RevisionView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Select } from "@/components/ui/select.tsx";
import { useMetrics } from "@/data/queries.ts";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { formatPercent, plural } from "@/format/numbers.ts";
import { observedShares } from "./observed-shares.ts";
import type { ObservedShare } from "./observed-shares.ts";
import { TrafficDialog } from "./traffic-dialog.tsx";
import { useSplitDraft } from "./use-split-draft.ts";
import { WeightSlider } from "./weight-slider.tsx";
import { addRevision, canMove, moveWeight, removeRevision, toggleLock } from "./weights.ts";

const observedWindowMs = 60_000;

export interface TrafficPanelProps {
  application: ApplicationView;
  revisions: readonly RevisionView[];
  replicas: readonly ReplicaView[];
}

export function TrafficPanel({ application, revisions, replicas }: TrafficPanelProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { traffic } = application;
  const { weights, wanted, changed, setDraft, reset } = useSplitDraft(traffic);
  const [confirming, setConfirming] = useState(false);
  const observed = observedShares(
    useMetrics({
      metrics: ["throughput"],
      application: application.name,
      byRevision: true,
      range: { kind: "last", durationMs: observedWindowMs },
    }).data,
  );
  const refresh = (): void => void queryClient.invalidateQueries({ queryKey: [["applications"]] });
  const apply = useMutation(
    trpc.applications.putTraffic.mutationOptions({
      onSuccess: () => {
        setConfirming(false);
        refresh();
        toast("Split applied", { description: "Gateways confirm it within seconds." });
      },
    }),
  );
  const follow = useMutation(trpc.applications.resetTraffic.mutationOptions({ onSuccess: refresh }));

  const ready = new Set(
    replicas.filter((replica) => replica.stage === "ready").flatMap((replica) => replica.revisions),
  );
  const addable = revisions.filter(
    (revision) =>
      revision.stage !== "describe_failed" && !weights.some((weight) => weight.revision === revision.number),
  );
  const messageOf = (number: number): string => {
    const revision = revisions.find((one) => one.number === number);
    return [revision?.message, number === application.target_revision ? "target" : ""].filter(Boolean).join(" · ");
  };
  const send = (): void =>
    apply.mutate({
      name: application.name,
      ifGeneration: application.generation,
      variants: weights
        .filter((weight) => weight.tenths > 0)
        .map((weight) => ({ revision: weight.revision, weight: weight.tenths / 10 })),
    });

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
      <p className="mt-1 text-xs text-faint">{observedText(observed)}</p>
      {traffic.reason !== "" && <p className="mt-1 text-xs text-dim">{traffic.reason}</p>}
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
            onClick={() => follow.mutate({ name: application.name })}
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
      <TrafficDialog
        open={confirming}
        onOpenChange={setConfirming}
        before={wanted}
        after={weights}
        gateways={traffic.gateways_total}
        starting={weights
          .filter((weight) => weight.tenths > 0 && !ready.has(weight.revision))
          .map((weight) => weight.revision)}
        busy={apply.isPending}
        problem={apply.error === null ? null : sentenceOf(apply.error)}
        onApply={send}
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

/** One decision of the autoscaler as the cells of a row, from what was measured to the number of replicas. Pure. */
import type { ResolvedAutoscaling, ScaleDecisionView } from "@sluice/contracts";
import type { Tone } from "../../components/ui/state-mark.tsx";
import { formatNumber, noData } from "../../format/numbers.ts";
import { formatCountdown } from "../../format/time.ts";

export interface DecisionCell {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** What leads on from the cell before. */
  readonly sign: string;
  /** Set where the row is held or moves. */
  readonly tone?: Tone;
}

/** `elapsedMs`: since the decision was read, so that its delay counts down between two answers. */
export function decisionCells(
  decision: ScaleDecisionView,
  config: ResolvedAutoscaling,
  elapsedMs: number,
): DecisionCell[] {
  const { measured, aggregated, desiredRaw, afterFactor, bounds, clampedBy, target, running } = decision;
  return [
    {
      label: "Measured",
      sign: "",
      value: formatNumber(measured?.total),
      note:
        measured === null
          ? "no router reports"
          : `${formatNumber(measured.queued)} queued + ${formatNumber(measured.sent)} sent`,
    },
    { label: "Load", sign: "→", value: formatNumber(aggregated), note: decision.window },
    {
      label: "Formula",
      sign: "→",
      value: formatNumber(desiredRaw),
      note: `load / ${formatNumber(decision.targetOngoingRequests)} a replica`,
    },
    { label: "After factor", sign: "→", value: formatNumber(afterFactor), note: factorNote(decision, config) },
    {
      label: "Bounds",
      sign: "→",
      value: `${bounds.min} to ${bounds.max}`,
      note: boundsNote(decision),
      // Held at the least is how it rests; held at the most is what somebody should know.
      ...(clampedBy === "max" ? { tone: "warn" as const } : {}),
    },
    delayCell(decision, elapsedMs),
    {
      label: "Target",
      sign: "→",
      value: String(target),
      note: `${running} running`,
      tone: target === running ? "ok" : "busy",
    },
  ];
}

function factorNote({ desiredRaw, running, afterFactor }: ScaleDecisionView, config: ResolvedAutoscaling): string {
  if (desiredRaw === null || afterFactor === null) return noData;
  const [name, factor] =
    desiredRaw > running
      ? ["upscaling_factor", config.upscaling_factor]
      : ["downscaling_factor", config.downscaling_factor];
  return factor === 1 ? "rounded up, factor 1" : `${name} ${formatNumber(factor)}`;
}

function boundsNote({ bounds, clampedBy }: ScaleDecisionView): string {
  const origin = bounds.source === "schedule" ? "of the open schedule window" : "of the spec";
  return clampedBy === null ? `${origin}, within` : `${clampedBy}_replicas holds it, ${origin}`;
}

function delayCell({ delay, path }: ScaleDecisionView, elapsedMs: number): DecisionCell {
  const cell = { label: "Delay", sign: "→" };
  if (delay === null) {
    const skipped = path === "fast_path" || path === "cold_start";
    return { ...cell, value: "none", note: skipped ? "skipped: requests wait" : "nothing waits" };
  }
  const what = { up: "until more", down: "until fewer", zero: "until none" }[delay.direction];
  return {
    ...cell,
    value: formatCountdown(delay.remainingMs - elapsedMs),
    note: `${what}, of ${formatNumber(delay.delayMs / 1000)} s`,
    tone: "busy",
  };
}

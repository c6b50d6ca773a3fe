"use client";

import type { AutoscalingEvaluation, DeploymentView, ResolvedAutoscaling } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useAutoscaling } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { decisionCells } from "./decision-cells.ts";

/** What the autoscaler thinks now, number by number, and the sentence that says why. */
export function AutoscalingPanel({ deployment, config }: { deployment: DeploymentView; config: ResolvedAutoscaling }) {
  const query = useAutoscaling(deployment.application, true);
  const nowMs = useNow(250);
  const evaluations = (query.data?.evaluations ?? []).filter((one) => one.deployment === deployment.name);
  return (
    <Card title="Autoscaling" note="live, one decision each 250 ms" flush>
      {query.isError && query.data === undefined && <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(query.error)}</p>}
      {query.data === undefined && !query.isError && <Skeleton className="mx-3.5 mb-3.5 h-[84px]" />}
      {query.data?.available === false && (
        <p className="flex items-baseline gap-2 px-3.5 pb-3 text-dim">
          <StateMark tone="warn" />
          <span className="min-w-0">
            No controller leads at the moment: nothing is decided and the number stays at{" "}
            {deployment.target_num_replicas}.{evaluations.length > 0 && " What it decided last:"}
          </span>
        </p>
      )}
      {query.data?.available === true && evaluations.length === 0 && (
        <p className="px-3.5 pb-3.5 text-dim">
          The autoscaler has not looked at it yet; it does as soon as a revision is live.
        </p>
      )}
      {evaluations.map((evaluation) => (
        <Evaluation
          key={evaluation.poolId}
          evaluation={evaluation}
          config={config}
          elapsedMs={nowMs === 0 || query.data?.available !== true ? 0 : Math.max(0, nowMs - query.dataUpdatedAt)}
          showRevision={evaluations.length > 1}
        />
      ))}
    </Card>
  );
}

interface EvaluationProps {
  evaluation: AutoscalingEvaluation;
  config: ResolvedAutoscaling;
  elapsedMs: number;
  showRevision: boolean;
}

function Evaluation({ evaluation, config, elapsedMs, showRevision }: EvaluationProps) {
  const cells = decisionCells(evaluation.decision, config, elapsedMs);
  return (
    <div>
      {showRevision && (
        <p className="px-3.5 pb-2">
          <RevisionChip revision={evaluation.revision} />
        </p>
      )}
      <dl
        aria-label={`Decision for r${evaluation.revision}`}
        className="grid grid-cols-2 gap-px border-y border-line bg-line min-[640px]:grid-cols-4 min-[1240px]:grid-cols-7"
      >
        {cells.map((cell) => (
          <div key={cell.label} className="min-w-0 bg-panel px-3 py-2 last:col-span-2 min-[1240px]:last:col-span-1">
            <dt className="flex items-center gap-1.5 text-xs text-dim">
              {cell.sign !== "" && (
                <span aria-hidden className="text-faint">
                  {cell.sign}
                </span>
              )}
              {cell.label}
            </dt>
            <dd>
              <span className="flex items-center gap-1.5">
                {cell.tone !== undefined && <StateMark tone={cell.tone} />}
                <span
                  className={
                    cell.value === "no data"
                      ? "leading-[26px] text-faint"
                      : "text-[17px] leading-[26px] font-semibold tracking-[-0.01em] whitespace-nowrap"
                  }
                >
                  {cell.value}
                </span>
              </span>
              <span className="block text-2xs text-faint">{cell.note}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="px-3.5 py-2.5 wrap-anywhere text-dim">{asSentence(evaluation.decision.reason)}</p>
    </div>
  );
}

const asSentence = (text: string): string => (text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);

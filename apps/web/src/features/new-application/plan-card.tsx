"use client";

import type { BundleDescription } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/components/ui/cn.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { formatBytes, formatNumber } from "@/format/numbers.ts";
import { withCode } from "./form-row.tsx";
import { countWords, PlanWay } from "./plan-deployment.tsx";
import { PlanGpuMemory, PlanGpus, PlanUnplaced } from "./plan-placement.tsx";
import type { OnSuggestion } from "./plan-placement.tsx";
import { PlanLine } from "./plan-line.tsx";
import { Changes, EndsSplit, Outcome } from "./plan-outcome.tsx";
import { isInSteps, listNodeWords, listWarnings, restOfNodes } from "./plan-words.ts";
import type { Validation } from "./use-validation.ts";

export interface PlanCardProps {
  validation: Validation;
  name: string;
  /** What the code declares, for fields that were emptied. */
  description: BundleDescription | null;
  onSuggestion: OnSuggestion;
}

/** What Deploy will do, node by node, with the reason of each refusal. */
export function PlanCard({ validation, name, description, onSuggestion }: PlanCardProps) {
  const { plan, planProblem, planning, issues, warnings } = validation;
  const rest = plan === undefined ? null : restOfNodes(plan);
  const trouble = plan === undefined ? [] : plan.unplaced.filter(({ deployment }) => !isInSteps(deployment, plan));
  return (
    <Card title="Plan" note={planNote(validation)}>
      {issues.size > 0 && plan === undefined && <p className="text-dim">The plan follows when every field is right.</p>}
      {planProblem !== undefined && (
        <PlanLine tone="warn" title={planProblem}>
          {""}
        </PlanLine>
      )}
      {plan === undefined && planProblem === undefined && issues.size === 0 && <Skeleton className="h-24" />}
      {plan !== undefined && (
        <div className={cn("transition-opacity duration-140", (planning || issues.size > 0) && "opacity-60")}>
          {plan.ends_split.length > 0 && <EndsSplit plan={plan} />}
          <Outcome plan={plan} name={name} />
          <Changes plan={plan} description={description} />
          {plan.deployments
            .filter((deployment) => deployment.action !== "keep" || plan.outcome === "update")
            .map((deployment) => (
              <PlanLine
                key={deployment.name}
                tone={deployment.action === "remove" ? "gone" : "busy"}
                title={`${actionWord[deployment.action]} ${deployment.name}, ${countWords(deployment)}`}
              >
                {deployment.reason}
                <PlanWay deployment={deployment} />
              </PlanLine>
            ))}
          {listNodeWords({ ...plan, unplaced: trouble }).map(({ node, tone, title }) => (
            <PlanLine key={node.node_id} tone={tone} title={title}>
              {node.takes > 0 ? (
                <>
                  {formatNumber(node.cpus_used + node.cpus_added)} of {formatNumber(node.cpus_total)} CPU reserved
                  afterwards
                  <Meter
                    className="mt-1.5"
                    label={`CPU of ${node.name}`}
                    used={node.cpus_used}
                    added={node.cpus_added}
                    total={node.cpus_total}
                  />
                  <PlanGpus node={node} />
                </>
              ) : (
                node.reason
              )}
            </PlanLine>
          ))}
          {rest !== null && plan.outcome !== "unchanged" && (
            <PlanLine tone="gone" title={rest}>
              {""}
            </PlanLine>
          )}
          {plan.nodes.length === 0 && plan.outcome !== "unchanged" && (
            <PlanLine tone="warn" title="No node is connected">
              The application waits until one is.
            </PlanLine>
          )}
          {trouble.map((one) => (
            <PlanLine
              key={one.deployment + one.reason}
              tone="warn"
              title={`A replica of ${one.deployment} finds no place`}
            >
              <PlanUnplaced one={one} onUse={onSuggestion} />
            </PlanLine>
          ))}
          {plan.gpu_memory.map((one) => (
            <PlanLine
              key={one.deployment}
              tone={one.gpus.some(({ verdict }) => verdict === "fits") ? "ok" : "warn"}
              title={`${one.deployment} needs ${formatBytes(one.need_bytes)} of GPU memory`}
            >
              <PlanGpuMemory one={one} />
            </PlanLine>
          ))}
        </div>
      )}
      {listWarnings(warnings, plan).map((warning) => (
        <PlanLine key={warning} tone="warn" title={withCode(warning)}>
          {""}
        </PlanLine>
      ))}
    </Card>
  );
}

function planNote({ plan, planning, issues }: Validation): string {
  if (plan !== undefined && issues.size > 0) return "of the form before the field to mend";
  return planning && plan !== undefined ? "following your changes" : "what Deploy will do";
}

const actionWord = {
  create: "Start",
  restart: "Restart",
  reconfigure: "Reconfigure",
  keep: "Keep",
  remove: "Remove",
} as const;

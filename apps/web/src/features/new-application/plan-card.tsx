"use client";

import type { ReactNode } from "react";
import type { PlanView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/components/ui/cn.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatNumber, plural } from "@/format/numbers.ts";
import { withCode } from "./form-row.tsx";
import type { Validation } from "./use-validation.ts";

/** What Deploy will do, node by node, with the reason of each refusal. */
export function PlanCard({ validation, name }: { validation: Validation; name: string }) {
  const { plan, planProblem, planning, issues, warnings } = validation;
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
          <Outcome plan={plan} name={name} />
          {plan.deployments
            .filter((deployment) => deployment.action !== "keep" || plan.outcome === "update")
            .map((deployment) => (
              <PlanLine
                key={deployment.name}
                tone={deployment.action === "remove" ? "gone" : "busy"}
                title={`${actionWord[deployment.action]} ${deployment.name}, ${plural(deployment.num_replicas, "replica")}`}
              >
                {deployment.reason}
              </PlanLine>
            ))}
          {plan.nodes.map((node) => (
            <PlanLine
              key={node.node_id}
              tone={node.takes > 0 ? "ok" : "bad"}
              title={node.takes > 0 ? `${node.name} takes ${plural(node.takes, "replica")}` : `${node.name} refused`}
            >
              {node.takes > 0
                ? `${formatNumber(node.cpus_used + node.cpus_added)} of ${formatNumber(node.cpus_total)} CPU reserved afterwards`
                : node.reason}
              {node.takes > 0 && (
                <Meter
                  className="mt-1.5"
                  label={`CPU of ${node.name}`}
                  used={node.cpus_used}
                  added={node.cpus_added}
                  total={node.cpus_total}
                />
              )}
            </PlanLine>
          ))}
          {plan.nodes.length === 0 && plan.outcome !== "unchanged" && (
            <PlanLine tone="warn" title="No node is connected">
              The application waits until one is.
            </PlanLine>
          )}
          {plan.unplaced.map((one) => (
            <PlanLine
              key={one.deployment + one.reason}
              tone="warn"
              title={`A replica of ${one.deployment} finds no place`}
            >
              {withCode(one.reason)}
            </PlanLine>
          ))}
        </div>
      )}
      {warnings.map((warning) => (
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

function Outcome({ plan, name }: { plan: PlanView; name: string }) {
  if (plan.outcome === "unchanged") {
    return (
      <PlanLine tone="gone" title={`Nothing: revision ${plan.revision} is the same`}>
        Deploying it again changes nothing.
      </PlanLine>
    );
  }
  const verb = plan.outcome === "create" ? "Create" : "Update";
  const about =
    plan.stage === "describing"
      ? "inspected on a node first"
      : plan.outcome === "create"
        ? plural(plan.deployments.length, "deployment")
        : plural(plan.changes.length, "changed field");
  return (
    <PlanLine tone="busy" title={`${verb} application ${name}, revision ${plan.revision}`}>
      {plan.stage_message === "" ? about : plan.stage_message}
    </PlanLine>
  );
}

function PlanLine({ tone, title, children }: { tone: Tone; title: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)] gap-2 border-t border-line py-[7px] first:border-t-0">
      <span className="pt-[5px]">
        <StateMark tone={tone} />
      </span>
      <div className="min-w-0">
        <p className="break-words">{title}</p>
        <div className="text-xs break-words text-faint">{children}</div>
      </div>
    </div>
  );
}

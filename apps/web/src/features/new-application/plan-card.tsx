"use client";

import type { ReactNode } from "react";
import type { BundleDescription, PlanView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/components/ui/cn.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatNumber, plural } from "@/format/numbers.ts";
import { withCode } from "./form-row.tsx";
import { changeWords, listNodeWords, restOfNodes, splitText } from "./plan-words.ts";
import type { Validation } from "./use-validation.ts";

export interface PlanCardProps {
  validation: Validation;
  name: string;
  /** What the code declares, for fields that were emptied. */
  description: BundleDescription | null;
}

/** What Deploy will do, node by node, with the reason of each refusal. */
export function PlanCard({ validation, name, description }: PlanCardProps) {
  const { plan, planProblem, planning, issues, warnings } = validation;
  const rest = plan === undefined ? null : restOfNodes(plan);
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
                title={`${actionWord[deployment.action]} ${deployment.name}, ${plural(deployment.num_replicas, "replica")}`}
              >
                {deployment.reason}
              </PlanLine>
            ))}
          {listNodeWords(plan).map(({ node, tone, title }) => (
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
      {warnings
        .filter((warning) => !isSplitWarning(warning, plan))
        .map((warning) => (
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

/** Ending a split moves requests at once: it stands first and is framed. */
function EndsSplit({ plan }: { plan: PlanView }) {
  return (
    <div role="alert" className="mb-2 rounded-control border border-warn/60 bg-warn/10 px-3 py-2">
      <p className="flex items-baseline gap-2 font-medium">
        <StateMark tone="warn" className="translate-y-px" />
        <span className="min-w-0">This ends the traffic split {splitText(plan.ends_split)}</span>
      </p>
      <p className="mt-0.5 text-xs text-dim">
        All requests go to r{plan.revision} once its replicas are ready. To test it on a part of them, set a split again
        on the application&apos;s page after the deploy.
      </p>
    </div>
  );
}

/** The same in the server's words, for those who read no plan. */
function isSplitWarning(warning: string, plan: PlanView | undefined): boolean {
  return plan !== undefined && plan.ends_split.length > 0 && warning.startsWith("The traffic split you set");
}

const shownChanges = 6;

/** Field by field what the new revision changes. */
function Changes({ plan, description }: { plan: PlanView; description: BundleDescription | null }) {
  if (plan.outcome !== "update" || plan.changes.length === 0) return null;
  const hidden = plan.changes.length - shownChanges;
  return (
    <ul aria-label="Changed fields" className="grid gap-0.5 pb-[7px] pl-6 text-xs">
      {plan.changes.slice(0, shownChanges).map((change) => {
        const { field, before, after } = changeWords(change, plan.deployments, description);
        return (
          <li key={change.pointer} className="wrap-anywhere text-dim">
            <code>{field}</code> {before} <span aria-hidden>→</span>
            <span className="sr-only">to</span> {after}
          </li>
        );
      })}
      {hidden > 0 && <li className="text-faint">and {plural(hidden, "more field")}</li>}
    </ul>
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

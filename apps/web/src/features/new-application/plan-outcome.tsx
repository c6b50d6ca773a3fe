"use client";

import type { BundleDescription, PlanView } from "@sluice/contracts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { plural } from "@/format/numbers.ts";
import { PlanLine } from "./plan-line.tsx";
import { changeWords, splitText } from "./plan-words.ts";

/** The plan in one line. */
export function Outcome({ plan, name }: { plan: PlanView; name: string }) {
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
export function EndsSplit({ plan }: { plan: PlanView }) {
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

const shownChanges = 6;

/** Field by field what the new revision changes. */
export function Changes({ plan, description }: { plan: PlanView; description: BundleDescription | null }) {
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

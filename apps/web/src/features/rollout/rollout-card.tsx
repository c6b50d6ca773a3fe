"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { ApplicationView, ReplicaView, RolloutView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { useNow } from "@/data/use-now.ts";
import { diffPath } from "@/features/revisions/diff-path.ts";
import { formatPercent, plural } from "@/format/numbers.ts";
import { formatCountdown, formatStanding } from "@/format/time.ts";
import { RolloutActions } from "./rollout-actions.tsx";
import { RolloutStepper } from "./rollout-stepper.tsx";
import { countOld, listSteps, steppedDeployments } from "./rollout-steps.ts";

export interface RolloutCardProps {
  application: ApplicationView;
  rollout: RolloutView;
  replicas: readonly ReplicaView[];
}

/** The move from one revision to another while it is under way: where it stands, what it waits for, and how to stop it. */
export function RolloutCard({ application, rollout, replicas }: RolloutCardProps) {
  const nowMs = useNow();
  const steps = listSteps({ rollout, replicas, traffic: application.traffic, nowMs });
  const stepped = steppedDeployments(rollout);
  const badge = badges[rollout.phase];
  return (
    <Card
      label="Rollout"
      className="mb-3.5"
      title="Rollout"
      note={nowMs === 0 ? "" : `for ${formatStanding(nowMs - Date.parse(rollout.started_at))}`}
      actions={<RolloutActions application={application} rollout={rollout} />}
    >
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <StateBadge tone={badge.tone} word={badge.word} />
        <FromTo application={application.name} rollout={rollout} />
        {rollout.message !== "" && <p className="min-w-0 wrap-anywhere text-dim">{rollout.message}</p>}
      </div>
      <RolloutStepper steps={steps} inSteps={stepped.length > 0} />
      <dl className="mt-3.5 grid grid-cols-2 gap-x-6 gap-y-3 border-t border-line pt-3 xl:grid-cols-4">
        <Ready rollout={rollout} />
        <Weights application={application} />
        <OldReplicas rollout={rollout} replicas={replicas} />
        <Deadline rollout={rollout} nowMs={nowMs} />
      </dl>
      {stepped.length > 0 && (
        <p className="mt-3 text-xs text-dim">
          <span className="text-text">Why in steps:</span> there is no room for both revisions side by side.{" "}
          {stepped.map(({ name, budget }) => `${name} gives up ${plural(budget, "old replica")} at a time`).join("; ")};
          a new one takes its place and is ready before the next goes.
        </p>
      )}
    </Card>
  );
}

/** `r1 → r2`, and the way to what changed. */
export function FromTo({ application, rollout }: { application: string; rollout: RolloutView }) {
  const { from_revision: from, to_revision: to } = rollout;
  return (
    <span className="inline-flex items-center gap-2">
      {from === null ? (
        <span className="text-faint">first revision</span>
      ) : (
        <>
          <RevisionChip revision={from} />
          <span aria-hidden className="text-faint">
            →
          </span>
          <span className="sr-only">to</span>
        </>
      )}
      <RevisionChip revision={to} />
      {from !== null && (
        <Link
          href={diffPath(application, from, to)}
          className="text-xs text-dim underline decoration-line-strong underline-offset-2 hover:text-text"
        >
          What changed
        </Link>
      )}
    </span>
  );
}

const badges: Readonly<Record<RolloutView["phase"], { readonly tone: Tone; readonly word: string }>> = {
  describing: { tone: "busy", word: "Inspecting code" },
  starting: { tone: "busy", word: "Starting" },
  rolling: { tone: "busy", word: "Replacing in steps" },
  switching: { tone: "busy", word: "Moving requests" },
  draining: { tone: "busy", word: "Draining" },
  completed: { tone: "ok", word: "Completed" },
  paused: { tone: "warn", word: "Paused" },
  failed: { tone: "bad", word: "Failed" },
  aborted: { tone: "gone", word: "Aborted" },
};

function Ready({ rollout: { numbers, to_revision: to } }: { rollout: RolloutView }) {
  const { ready, wanted } = numbers;
  if (ready === undefined || wanted === undefined) {
    return <Fact label={`Ready in r${to}`} value="not known yet" note="after the code was inspected" />;
  }
  return (
    <Fact label={`Ready in r${to}`} value={`${ready} of ${wanted}`} note="counted once a probe was answered">
      <Meter label={`Ready replicas of revision ${to}`} used={0} added={ready} total={wanted} className="my-1.5" />
    </Fact>
  );
}

/** Counted by what runs, so that it says something before the first of them is given up, too. */
function OldReplicas({ rollout, replicas }: { rollout: RolloutView; replicas: readonly ReplicaView[] }) {
  const { from_revision: from } = rollout;
  if (from === null) return <Fact label="Old replicas" value="none" note="it is the first revision" />;
  const { serving, draining } = countOld(rollout, replicas);
  return (
    <Fact
      label={`Left of r${from}`}
      value={plural(serving + draining, "replica")}
      note={
        draining > 0
          ? `${draining} ${draining === 1 ? "finishes" : "finish"} what runs, ${serving} ready`
          : serving > 0
            ? `all ready until r${rollout.to_revision} can take over`
            : "all gone"
      }
    />
  );
}

function Weights({ application: { traffic } }: { application: ApplicationView }) {
  const shares = traffic.effective.filter(({ weight }) => weight > 0);
  return (
    <Fact
      label="Requests go to"
      value={
        shares.length === 0 ? (
          "no revision"
        ) : (
          <span className="flex flex-wrap gap-x-3">
            {shares.map(({ revision, weight }) => (
              <span key={revision} className="inline-flex items-center gap-1.5">
                <RevisionChip revision={revision} />
                {formatPercent(weight)}
              </span>
            ))}
          </span>
        )
      }
      note={`in force on ${traffic.gateways_applied} of ${plural(traffic.gateways_total, "gateway")}`}
    />
  );
}

function Deadline({ rollout, nowMs }: { rollout: RolloutView; nowMs: number }) {
  if (rollout.paused_at !== null) return <Fact label="Deadline" value="stands still" note="while it is paused" />;
  if (rollout.deadline_at === null) {
    const note = rollout.from_revision === null ? "no older revision to go back to" : "all that is needed is ready";
    return <Fact label="Deadline" value="none runs" note={note} />;
  }
  return (
    <Fact
      label="Deadline"
      value={
        <time dateTime={rollout.deadline_at}>
          {nowMs === 0 ? "" : `${formatCountdown(Date.parse(rollout.deadline_at) - nowMs)} left`}
        </time>
      }
      note={`without progress it is rolled back to r${rollout.from_revision}`}
    />
  );
}

function Fact({
  label,
  value,
  note,
  children,
}: {
  label: string;
  value: ReactNode;
  note: string;
  children?: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-dim">{label}</dt>
      <dd>
        <span className="font-medium">{value}</span>
        {children}
        <span className="block text-2xs text-faint">{note}</span>
      </dd>
    </div>
  );
}

"use client";

import Link from "next/link";
import type { ApplicationSummary } from "@sluice/contracts";
import { pointsOf } from "@/components/charts/chart-model.ts";
import { MeasuredFigure } from "@/components/charts/measured-figure.tsx";
import { applicationLook } from "@/components/states.ts";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { Td } from "@/components/ui/table.tsx";
import { useMetrics } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { formatAge } from "@/format/time.ts";

const window = { kind: "last", durationMs: 300_000 } as const;

export function ApplicationRow({ application }: { application: ApplicationSummary }) {
  const metrics = useMetrics({
    metrics: ["throughput", "latency_p99", "error_rate"],
    application: application.name,
    range: window,
    refetchMs: 5000,
  }).data;
  const look = applicationLook[application.status];
  const path = applicationPath(application.name);
  return (
    <tr className="relative hover:bg-raise/60 has-[a:focus-visible]:bg-raise/60">
      <Td>
        <Link href={path} className="font-medium after:absolute after:inset-0">
          {application.name}
        </Link>
      </Td>
      <Td>
        <StateBadge
          plain
          tone={look.tone}
          word={look.word}
          reason={application.status === "RUNNING" ? undefined : <Reason application={application} />}
        />
      </Td>
      <Td className="text-dim max-sm:hidden">{application.route_prefix ?? "none"}</Td>
      <Td className="max-sm:hidden">
        <RevisionChip revision={application.target_revision} className="font-normal" />
      </Td>
      <Td numeric>
        {application.ready_replicas}
        <span className="text-xs text-faint"> of {application.wanted_replicas}</span>
      </Td>
      <Td numeric>
        <MeasuredFigure answer={metrics} metric="throughput" unit="req/s" />
      </Td>
      <Td numeric>
        <MeasuredFigure answer={metrics} metric="latency_p99" unit="ms" />
      </Td>
      <Td numeric>
        <MeasuredFigure answer={metrics} metric="error_rate" unit="%" />
      </Td>
      <Td numeric className="hidden lg:table-cell">
        <Sparkline
          values={pointsOf(metrics, "throughput").map(([, value]) => value)}
          className="inline-block align-middle text-s1"
        />
      </Td>
    </tr>
  );
}

function Reason({ application }: { application: ApplicationSummary }) {
  const nowMs = useNow();
  return (
    <div className="grid gap-1.5">
      <p className="break-words text-text">
        {application.message === "" ? "The controller has not given a reason yet." : application.message}
      </p>
      <p className="text-xs">Since {nowMs === 0 ? "" : formatAge(application.updated_at, nowMs)}</p>
      <Link href={applicationPath(application.name)} className="text-xs text-accent hover:underline">
        Replicas and events
      </Link>
    </div>
  );
}

"use client";

import Link from "next/link";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useApplications, useGateways, useNodes, useReplicas } from "@/data/queries.ts";
import { formatNumber } from "@/format/numbers.ts";

interface Count {
  readonly label: string;
  readonly value: string | undefined;
  readonly note: string;
  readonly href: string;
}

/** Counts of the cluster; each leads to its page. */
export function ClusterFigures() {
  const applications = useApplications().data?.items;
  const replicas = useReplicas().data?.items;
  const nodes = useNodes().data?.items;
  const gateways = useGateways().data?.items;
  const ready = nodes?.filter((node) => node.state === "ready") ?? [];
  const cpus = ready.reduce((sum, node) => sum + node.cpus, 0);
  const reserved = ready.reduce((sum, node) => sum + node.cpus_reserved, 0);
  const counts: Count[] = [
    {
      label: "Applications running",
      value: applications && String(applications.filter((one) => one.status === "RUNNING").length),
      note: ofTotal(applications?.length),
      href: "/applications",
    },
    {
      label: "Replicas ready",
      value: replicas && String(replicas.filter((replica) => replica.stage === "ready").length),
      note: ofTotal(
        applications?.reduce((sum, one) => sum + one.wanted_replicas, 0),
        " wanted",
      ),
      href: "/deployments",
    },
    {
      label: "Nodes ready",
      value: nodes && String(ready.length),
      note: ofTotal(nodes?.filter((node) => node.state !== "gone").length),
      href: "/nodes",
    },
    { label: "CPU reserved", value: nodes && formatNumber(reserved), note: `of ${formatNumber(cpus)}`, href: "/nodes" },
    {
      label: "Gateways connected",
      value: gateways && String(gateways.filter((gateway) => gateway.connected).length),
      note: ofTotal(gateways?.length),
      href: "/nodes",
    },
  ];
  return (
    <section
      aria-label="Cluster"
      className="mb-3.5 grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line sm:grid-cols-3 xl:grid-cols-5"
    >
      {counts.map((count) => (
        <Link
          key={count.label}
          href={count.href}
          className="bg-panel px-3.5 py-[11px] hover:bg-raise focus-visible:outline-offset-[-2px]"
        >
          <span className="block text-xs text-dim">{count.label}</span>
          {count.value === undefined ? (
            <Skeleton className="mt-1 h-[22px] w-14" />
          ) : (
            <span>
              <span className="text-key font-semibold tracking-[-0.015em]">{count.value}</span>{" "}
              <span className="text-xs text-faint">{count.note}</span>
            </span>
          )}
        </Link>
      ))}
      <span aria-hidden className="bg-panel sm:max-xl:block xl:hidden" />
    </section>
  );
}

/** "of 0" would be no information; nothing is said of a total that is not known yet. */
function ofTotal(total: number | undefined, what = ""): string {
  if (total === undefined) return "";
  return total === 0 ? "none yet" : `of ${total}${what}`;
}

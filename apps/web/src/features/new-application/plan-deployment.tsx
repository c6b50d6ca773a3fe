"use client";

import { ArrowLeftRight, Hourglass, Layers, Replace, TriangleAlert } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { PlanView } from "@sluice/contracts";
import { plural } from "@/format/numbers.ts";
import { wayWords } from "./way-words.ts";

type PlannedDeployment = PlanView["deployments"][number];

const icons: Readonly<Record<NonNullable<PlannedDeployment["way"]>, LucideIcon>> = {
  surge: Layers,
  step: Replace,
  interrupt: TriangleAlert,
  move: ArrowLeftRight,
  wait: Hourglass,
};

/** How an update of one deployment comes in, and what happens to requests meanwhile. */
export function PlanWay({ deployment }: { deployment: PlannedDeployment }) {
  const { way } = deployment;
  if (way === null) return null;
  const Icon = icons[way];
  const { title, text } = wayWords(deployment, way);
  return (
    <p className="mt-1 flex items-start gap-1.5">
      <Icon
        aria-hidden
        className={`mt-[2px] size-3.5 shrink-0 ${way === "interrupt" || way === "wait" ? "text-warn" : "text-dim"}`}
      />
      <span className="min-w-0">
        <span className="text-dim">{title}.</span> {text}
      </span>
    </p>
  );
}

/** `2 replicas`, who set them where it was not the spec, or the bounds where the autoscaler decides. */
export function countWords({
  num_replicas: count,
  manual_num_replicas: manual,
  autoscaling,
}: Pick<PlannedDeployment, "num_replicas" | "manual_num_replicas" | "autoscaling">): string {
  if (autoscaling === null) return `${plural(count, "replica")}${manual === null ? "" : ", set by hand"}`;
  return `${autoscaling.min_replicas} to ${autoscaling.max_replicas} replicas, begins with ${count}`;
}

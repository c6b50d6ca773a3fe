"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { ApplicationView } from "@sluice/contracts";
import { PageHeader } from "@/components/shell/page.tsx";
import { applicationLook } from "@/components/states.ts";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/components/ui/cn.ts";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { isNotFound, sentenceOf } from "@/data/problem.ts";
import { useApplication } from "@/data/queries.ts";
import { RollbackButton } from "@/features/revisions/rollback-button.tsx";
import { ApplicationMenu } from "./application-menu.tsx";
import { FailureBanner } from "./failure-banner.tsx";
import { GoneApplication } from "./gone-application.tsx";
import { StatusReason } from "./status-reason.tsx";
import { applicationPath, useApplicationName } from "./use-application-name.ts";

const tabs = [
  { path: "", label: "Overview" },
  { path: "/deployments", label: "Deployments" },
  { path: "/revisions", label: "Revisions" },
  { path: "/playground", label: "Playground" },
] as const;

/** Header and tabs around every page of one application. */
export function ApplicationFrame({ children }: { children: ReactNode }) {
  const name = useApplicationName();
  const application = useApplication(name);
  if (isNotFound(application.error)) return <GoneApplication name={name} />;
  if (application.isError && application.data === undefined) {
    return <Banner tone="bad">{sentenceOf(application.error)}</Banner>;
  }
  return (
    <>
      <PageHeader
        title={name}
        crumbs={[{ href: "/applications", label: "Applications" }]}
        state={
          application.data === undefined ? (
            <Skeleton className="h-[22px] w-24 rounded-full" />
          ) : (
            <HeaderState application={application.data} />
          )
        }
        actions={
          <>
            <RollbackButton application={application.data} />
            <Button asChild look="primary">
              <Link href={`/applications/new?application=${encodeURIComponent(name)}`}>Deploy revision</Link>
            </Button>
            <ApplicationMenu name={name} application={application.data} />
          </>
        }
      />
      <Tabs base={applicationPath(name)} />
      {application.data !== undefined && <FailureBanner application={application.data} />}
      {children}
    </>
  );
}

function HeaderState({ application }: { application: ApplicationView }) {
  const look = applicationLook[application.status];
  const catchingUp = application.observed_generation < application.generation;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <StateBadge
        tone={look.tone}
        word={look.word}
        reason={application.status === "RUNNING" ? undefined : <StatusReason application={application} />}
      />
      {catchingUp && (
        <StateBadge
          tone="busy"
          word="Change received"
          reason="The controller has not acted on the newest change yet. It usually takes less than a second."
        />
      )}
      <Tag>
        <RevisionChip revision={application.target_revision} /> <span className="text-faint">target</span>
      </Tag>
      <Tag>{application.route_prefix ?? "no route"}</Tag>
    </div>
  );
}

function Tag({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex h-[22px] items-center gap-1.5 rounded-full border border-line px-2 text-xs text-dim">
      {children}
    </span>
  );
}

function Tabs({ base }: { base: string }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Application" className="mb-4 flex gap-[18px] overflow-x-auto border-b border-line">
      {tabs.map((tab) => {
        const here = decodeURIComponent(pathname);
        const path = decodeURIComponent(`${base}${tab.path}`);
        const current = here === path || (tab.path !== "" && here.startsWith(`${path}/`));
        return (
          <Link
            key={tab.path}
            href={`${base}${tab.path}`}
            aria-current={current ? "page" : undefined}
            className={cn(
              "-mb-px border-b-2 border-transparent pt-1.5 pb-2 text-dim hover:text-text",
              current && "border-text font-medium text-text",
            )}
          >
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}

"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useApplications, useDeployments, useNodes } from "@/data/queries.ts";
import { cn } from "@/components/ui/cn.ts";
import { Kbd } from "@/components/ui/kbd.tsx";
import { ClusterFooter } from "./cluster-footer.tsx";
import { chordOf, useCommandKey } from "./command-key.ts";
import { Logo } from "./logo.tsx";
import { isCurrent, sections } from "./navigation.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

export function Sidebar({ onFind, onNavigate }: { onFind: () => void; onNavigate?: () => void }) {
  const pathname = usePathname();
  const counts = useCounts();
  const commandKey = useCommandKey();
  return (
    <div className="flex h-full flex-col px-2.5 py-3.5">
      <div className="flex items-center justify-between pr-1 pb-3.5 pl-2">
        <Link href="/" className="flex items-center gap-[9px] text-[15px] font-[650]">
          <Logo />
          Sluice
        </Link>
        <ThemeToggle />
      </div>
      <button
        type="button"
        onClick={onFind}
        className="mb-3 flex h-[30px] items-center justify-between rounded-control border border-line px-[9px] text-faint hover:border-line-strong hover:text-dim"
      >
        Find or do… {commandKey !== null && <Kbd>{chordOf(commandKey, "K")}</Kbd>}
      </button>
      <nav aria-label="Pages" className="grid gap-0.5">
        {sections.map((section) => (
          <div key={section.title ?? "top"} className="grid gap-0.5">
            {section.title !== null && (
              <p className="mx-[9px] mt-3.5 mb-1 text-2xs font-medium text-faint">{section.title}</p>
            )}
            {section.items.map((item) => {
              const current = isCurrent(item.href, pathname);
              return (
                <Link
                  key={item.href}
                  href={item.href}
                  // The page of calls brings large styles of its own; they are fetched when it is opened.
                  prefetch={item.href === "/docs" ? false : null}
                  onClick={() => onNavigate?.()}
                  aria-current={current ? "page" : undefined}
                  className={cn(
                    "flex items-center gap-2 rounded-[6px] px-[9px] py-[5px] text-dim hover:text-text",
                    current && "bg-raise font-medium text-text",
                  )}
                >
                  <item.icon aria-hidden className={cn("size-3.5", current ? "text-text" : "text-faint")} />
                  {item.label}
                  {counts[item.href] !== undefined && (
                    <span className="ml-auto text-xs font-normal text-faint">{counts[item.href]}</span>
                  )}
                </Link>
              );
            })}
          </div>
        ))}
      </nav>
      <ClusterFooter />
    </div>
  );
}

function useCounts(): Readonly<Record<string, number | undefined>> {
  return {
    "/applications": useApplications().data?.items.length,
    "/deployments": useDeployments().data?.items.length,
    "/nodes": useNodes().data?.items.filter((node) => node.state !== "gone").length,
  };
}

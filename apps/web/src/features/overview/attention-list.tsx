"use client";

import Link from "next/link";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { useApplications, useNodes } from "@/data/queries.ts";
import { allWellText, listAttention } from "./attention.ts";

export function AttentionList() {
  const applications = useApplications().data?.items;
  const nodes = useNodes().data?.items;
  if (applications === undefined || nodes === undefined) return <Skeleton className="mx-3.5 mb-3.5 h-20" />;
  const items = listAttention(applications, nodes);
  if (items.length === 0) {
    return (
      <p className="flex items-center gap-2 px-3.5 pb-3.5 text-dim">
        <StateMark tone="ok" /> {allWellText(applications.length)}
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => (
        <li key={item.id}>
          <Link href={item.href} className="grid grid-cols-[12px_minmax(0,1fr)] gap-2 px-3.5 py-2 hover:bg-raise/60">
            <span className="pt-[5px]">
              <StateMark tone={item.tone} />
            </span>
            <span>
              <span className="block">{item.title}</span>
              {item.reason !== "" && <span className="block text-xs break-words text-faint">{item.reason}</span>}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

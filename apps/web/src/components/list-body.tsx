import type { ReactNode } from "react";
import { sentenceOf } from "@/data/problem.ts";
import { Banner } from "./ui/banner.tsx";
import { judgeList } from "./list-state.ts";
import type { ListQuery } from "./list-state.ts";
import { SkeletonRows } from "./ui/skeleton.tsx";

export interface ListBodyProps {
  query: ListQuery & { readonly error: unknown };
  /** Items after filtering; 0 with a filter is told apart from an empty list. */
  shown: number;
  total: number;
  empty: ReactNode;
  columns?: number;
  children: ReactNode;
}

/** Loading, refused, empty, nothing found, or the list: one of them, in the same place. */
export function ListBody({ query, shown, total, empty, columns = 5, children }: ListBodyProps) {
  const state = judgeList(query, shown);
  if (state === "refused") return <Banner tone="bad">{sentenceOf(query.error)}</Banner>;
  if (state === "loading") {
    return (
      <div className="overflow-hidden rounded-card border border-line bg-panel pt-8">
        <SkeletonRows columns={columns} />
      </div>
    );
  }
  if (total === 0) return <div className="rounded-card border border-line bg-panel">{empty}</div>;
  if (shown === 0)
    return (
      <p className="rounded-card border border-line bg-panel px-4 py-10 text-center text-dim">
        Nothing matches the filter.
      </p>
    );
  return <div className="min-w-0 overflow-hidden rounded-card border border-line bg-panel">{children}</div>;
}

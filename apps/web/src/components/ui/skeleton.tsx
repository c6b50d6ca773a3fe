import { cn } from "./cn.ts";

/** A quiet block in the place and size of what is loading. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse-soft rounded-[5px] bg-raise", className)} />;
}

/** Rows of a table that is loading. */
export function SkeletonRows({ rows = 5, columns = 5 }: { rows?: number; columns?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y divide-line border-t border-line">
      {Array.from({ length: rows }, (_row, row) => (
        <div key={row} className="flex h-10 items-center gap-6 px-3.5">
          {Array.from({ length: columns }, (_cell, column) => (
            <Skeleton key={column} className={cn("h-3 flex-1", column === 0 && "max-w-40")} />
          ))}
        </div>
      ))}
    </div>
  );
}

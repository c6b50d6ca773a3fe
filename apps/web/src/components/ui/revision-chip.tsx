import { cn } from "./cn.ts";
import { revisionSeries } from "./series.ts";

/** `r7` with the colour it has on every page. */
export function RevisionChip({ revision, className }: { revision: number; className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-1.5 font-medium whitespace-nowrap", className)}>
      <span
        aria-hidden
        className="size-[9px] shrink-0 rounded-[3px]"
        style={{ background: revisionSeries(revision) }}
      />
      r{revision}
    </span>
  );
}

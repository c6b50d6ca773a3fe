import { Skeleton } from "@/components/ui/skeleton.tsx";

/** The final layout in grey. */
export function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-3.5">
      <Skeleton className="h-[74px] rounded-card" />
      <div className="grid gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_348px]">
        <div className="grid gap-3.5">
          <Skeleton className="h-[190px] rounded-card" />
          <div className="grid gap-3.5 lg:grid-cols-2">
            <Skeleton className="h-[240px] rounded-card" />
            <Skeleton className="h-[240px] rounded-card" />
          </div>
        </div>
        <div className="grid content-start gap-3.5">
          <Skeleton className="h-[170px] rounded-card" />
          <Skeleton className="h-[220px] rounded-card" />
        </div>
      </div>
    </div>
  );
}

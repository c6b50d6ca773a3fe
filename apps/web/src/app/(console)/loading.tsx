import { Skeleton, SkeletonRows } from "@/components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <div>
      <div className="mb-4 flex h-[30px] items-center justify-between">
        <Skeleton className="h-5 w-44" />
        <Skeleton className="h-[30px] w-32" />
      </div>
      <div className="overflow-hidden rounded-card border border-line bg-panel pt-8">
        <SkeletonRows rows={6} />
      </div>
    </div>
  );
}

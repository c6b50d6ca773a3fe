import { OverviewSkeleton } from "@/features/application/overview-skeleton.tsx";

export default OverviewSkeleton;

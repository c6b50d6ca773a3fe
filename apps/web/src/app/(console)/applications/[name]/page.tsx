import { ApplicationOverview } from "@/features/application/application-overview.tsx";

export default function Page() {
  return <ApplicationOverview />;
}

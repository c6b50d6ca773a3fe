import { OverviewPage } from "@/features/overview/overview-page.tsx";

export const metadata = { title: "Overview" };

export default function Page() {
  return <OverviewPage />;
}

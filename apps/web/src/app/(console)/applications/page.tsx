import { ApplicationsPage } from "@/features/applications/applications-page.tsx";

export const metadata = { title: "Applications" };

export default function Page() {
  return <ApplicationsPage />;
}

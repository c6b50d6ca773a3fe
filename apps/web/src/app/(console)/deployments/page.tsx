import { DeploymentsPage } from "@/features/deployments/deployments-page.tsx";

export const metadata = { title: "Deployments" };

export default function Page() {
  return <DeploymentsPage />;
}

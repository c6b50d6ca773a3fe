import { DeploymentPage } from "@/features/deployment/deployment-page.tsx";

export default function Page() {
  return <DeploymentPage />;
}

import { DeploymentList } from "@/features/deployments/deployment-list.tsx";

export default function Page() {
  return <DeploymentList />;
}

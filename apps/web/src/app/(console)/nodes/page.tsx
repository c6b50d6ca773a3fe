import { NodesPage } from "@/features/nodes/nodes-page.tsx";

export const metadata = { title: "Nodes" };

export default function Page() {
  return <NodesPage />;
}

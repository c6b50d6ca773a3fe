import { NodePage } from "@/features/node/node-page.tsx";

export const metadata = { title: "Node" };

export default function Page() {
  return <NodePage />;
}

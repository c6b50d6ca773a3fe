import { BundlesPage } from "@/features/bundles/bundles-page.tsx";

export const metadata = { title: "Bundles" };

export default function Page() {
  return <BundlesPage />;
}

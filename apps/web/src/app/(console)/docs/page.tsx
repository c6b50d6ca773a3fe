import { ApiDocsPage } from "@/features/api-docs/api-docs-page.tsx";

export const metadata = { title: "REST API" };

export default function Page() {
  return <ApiDocsPage />;
}

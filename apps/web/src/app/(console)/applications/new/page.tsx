import { NewApplication } from "@/features/new-application/new-application.tsx";

export const metadata = { title: "New application" };

export default function Page() {
  return <NewApplication />;
}

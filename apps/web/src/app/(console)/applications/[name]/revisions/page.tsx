import { RevisionList } from "@/features/revisions/revision-list.tsx";

export default function Page() {
  return <RevisionList />;
}

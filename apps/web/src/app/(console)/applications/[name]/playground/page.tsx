import { PlaygroundTab } from "@/features/playground/playground-tab.tsx";

export default function Page() {
  return <PlaygroundTab />;
}

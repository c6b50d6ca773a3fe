import Link from "next/link";
import { Button } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main>
      <EmptyState
        title="There is no such page"
        action={
          <Button asChild look="primary">
            <Link href="/applications">Applications</Link>
          </Button>
        }
      >
        <p>The address may have a typing error, or what it named was deleted.</p>
      </EmptyState>
    </main>
  );
}

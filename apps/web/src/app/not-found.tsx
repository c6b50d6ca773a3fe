import Link from "next/link";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import ConsoleLayout from "./(console)/layout.tsx";

export const metadata = { title: "Not found" };

/** Inside the console, so that the way on is at hand. */
export default function NotFound() {
  return (
    <ConsoleLayout>
      <PageHeader title="Not found" />
      <div className="rounded-card border border-line bg-panel">
        <EmptyState
          title="There is no such page"
          action={
            <Button asChild look="primary">
              <Link href="/">Overview</Link>
            </Button>
          }
        >
          <p>The address may have a typing error. What was deleted still has its events on the Events page.</p>
        </EmptyState>
      </div>
    </ConsoleLayout>
  );
}

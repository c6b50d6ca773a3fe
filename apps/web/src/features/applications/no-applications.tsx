import Link from "next/link";
import { Button } from "@/components/ui/button.tsx";
import { CodeBlock } from "@/components/ui/code-block.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";

/** What the page will show, one button, one command. */
export function NoApplications() {
  return (
    <EmptyState
      title="No application is deployed"
      action={
        <div className="grid w-full gap-4">
          <Button asChild look="primary" className="justify-self-start">
            <Link href="/applications/new">New application</Link>
          </Button>
          <div className="grid gap-1.5">
            <span className="text-xs text-faint">Or from a shell, in this repository</span>
            <CodeBlock label="command" text="npx sluice deploy packages/examples/hello" />
          </div>
        </div>
      }
    >
      <p>
        Here you will see each application with its state, replicas, throughput and p99. Start with an example: a model
        that reads handwritten digits runs in under a minute on a laptop.
      </p>
    </EmptyState>
  );
}

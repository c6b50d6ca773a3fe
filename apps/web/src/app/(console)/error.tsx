"use client";

import { useEffect } from "react";
import { Button } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  useEffect(() => console.error(error), [error]);
  return (
    <EmptyState
      title="This page could not be drawn"
      action={
        <Button look="primary" onClick={reset}>
          Try again
        </Button>
      }
    >
      <p>{error.message}</p>
      <p>Running applications are not affected: the dashboard only shows them.</p>
    </EmptyState>
  );
}

import { Suspense } from "react";
import type { ReactNode } from "react";
import { AfterHydration } from "@/components/shell/after-hydration.tsx";
import { ConsoleShell } from "@/components/shell/console-shell.tsx";
import { LiveProvider } from "@/data/live.tsx";
import { DataProvider } from "@/data/provider.tsx";
import Loading from "./loading.tsx";

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <DataProvider>
      <LiveProvider>
        <ConsoleShell>
          <AfterHydration fallback={<Loading />}>
            <Suspense fallback={<Loading />}>{children}</Suspense>
          </AfterHydration>
        </ConsoleShell>
      </LiveProvider>
    </DataProvider>
  );
}

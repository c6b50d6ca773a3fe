"use client";

import { Dialog } from "radix-ui";
import { Menu, Search } from "lucide-react";
import Link from "next/link";
import { useCallback, useState } from "react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/components/ui/cn.ts";
import { useIsStale } from "@/data/queries.ts";
import { CommandPalette } from "./command-palette.tsx";
import { LiveBanner } from "./live-banner.tsx";
import { Logo } from "./logo.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { Sidebar } from "./sidebar.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** Sidebar and content; below 900 px the sidebar becomes a drawer under a top bar. */
export function ConsoleShell({ children }: { children: ReactNode }) {
  const isStale = useIsStale();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const openPalette = useCallback(() => setPalette(true), []);
  const openHelp = useCallback(() => setHelp(true), []);
  useShortcuts({ openPalette, openHelp });
  return (
    <div className="min-h-dvh min-[900px]:grid min-[900px]:grid-cols-[212px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-panel px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh overflow-y-auto border-r border-line min-[900px]:block">
        <Sidebar onFind={openPalette} />
      </aside>
      <div className="sticky top-0 z-30 flex h-11 items-center gap-2 border-b border-line bg-bg px-3 min-[900px]:hidden">
        <Button look="quiet" size="icon" aria-label="Open menu" onClick={() => setDrawer(true)}>
          <Menu />
        </Button>
        <Link href="/" className="flex items-center gap-2 text-[15px] font-[650]">
          <Logo /> Sluice
        </Link>
        <Button look="quiet" size="icon" className="ml-auto" aria-label="Find or do" onClick={openPalette}>
          <Search />
        </Button>
      </div>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[1560px] min-w-0 px-3.5 pt-4 pb-12 outline-none min-[900px]:px-[26px]"
      >
        <LiveBanner />
        <div className={cn("transition-opacity duration-140", isStale && "opacity-50 grayscale")}>{children}</div>
      </main>
      <Dialog.Root open={drawer} onOpenChange={setDrawer}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 w-[236px] animate-appear border-r border-line bg-bg outline-none"
          >
            <Dialog.Title className="sr-only">Menu</Dialog.Title>
            <Sidebar
              onFind={() => {
                setDrawer(false);
                openPalette();
              }}
              onNavigate={() => setDrawer(false)}
            />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <CommandPalette open={palette} onOpenChange={setPalette} />
      <ShortcutsDialog open={help} onOpenChange={setHelp} />
    </div>
  );
}

"use client";

import { Dialog } from "radix-ui";
import { CornerDownLeft, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useApplications, useDeployments, useNodes } from "@/data/queries.ts";
import { cn } from "@/components/ui/cn.ts";
import { listPaletteEntries, rankEntries } from "./palette-entries.ts";
import type { PaletteEntry } from "./palette-entries.ts";

const shownAtMost = 50;

/** Find or do: one list, typed words narrow it, arrows move, Enter goes. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 animate-appear overflow-hidden rounded-card border border-line-strong bg-panel outline-none"
        >
          <Dialog.Title className="sr-only">Find or do</Dialog.Title>
          <PaletteBody onDone={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ onDone }: { onDone: () => void }) {
  const router = useRouter();
  const listId = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const applications = useApplications().data?.items;
  const deployments = useDeployments().data?.items;
  const nodes = useNodes().data?.items;
  const entries = useMemo(
    () => listPaletteEntries({ applications: applications ?? [], deployments: deployments ?? [], nodes: nodes ?? [] }),
    [applications, deployments, nodes],
  );
  const found = useMemo(() => rankEntries(entries, query).slice(0, shownAtMost), [entries, query]);

  const go = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined) return;
    onDone();
    router.push(entry.href);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setActive((index) => (index + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[active]);
    }
  };

  return (
    <div onKeyDown={onKeyDown}>
      <div className="flex items-center gap-2.5 border-b border-line px-3.5">
        <Search aria-hidden className="size-4 text-faint" />
        <input
          autoFocus
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={found[active] === undefined ? undefined : `${listId}-${active}`}
          aria-label="Find an application, deployment, node or page"
          placeholder="Find an application, deployment, node or page"
          className="h-11 flex-1 bg-transparent text-[14px] outline-none placeholder:text-faint"
        />
      </div>
      <ul id={listId} role="listbox" aria-label="Results" className="max-h-[52vh] overflow-y-auto p-1.5">
        {found.map((entry, index) => (
          <PaletteRow
            key={entry.id}
            id={`${listId}-${index}`}
            entry={entry}
            active={index === active}
            onPoint={() => setActive(index)}
            onGo={() => go(entry)}
          />
        ))}
      </ul>
      {found.length === 0 && (
        <p className="px-3.5 pb-4 text-dim">Nothing is called “{query}”. Try a name, a route or a page.</p>
      )}
    </div>
  );
}

interface PaletteRowProps {
  id: string;
  entry: PaletteEntry;
  active: boolean;
  onPoint: () => void;
  onGo: () => void;
}

function PaletteRow({ id, entry, active, onPoint, onGo }: PaletteRowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <li
      ref={row}
      id={id}
      role="option"
      aria-selected={active}
      onMouseMove={onPoint}
      onClick={onGo}
      className={cn("flex h-8 cursor-pointer items-center gap-2 rounded-[6px] px-2.5", active && "bg-raise")}
    >
      <span className="truncate">{entry.label}</span>
      <span className="truncate text-xs text-faint">{entry.note}</span>
      {active && <CornerDownLeft aria-hidden className="ml-auto size-3.5 shrink-0 text-faint" />}
    </li>
  );
}

"use client";

import { Dialog } from "@/components/ui/dialog.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { useCommandKey } from "./command-key.ts";
import { destinations } from "./navigation.ts";

type Row = readonly [keys: readonly string[], meaning: string];

function generalRows(commandKey: string): readonly Row[] {
  return [
    [[commandKey, "K"], "Find or do"],
    [["/"], "Filter this page"],
    [["c"], "New application"],
    [[commandKey, "↵"], "Deploy or send"],
    [["←", "→"], "Move a traffic weight by 1, with Shift by 10"],
    [["?"], "This list"],
  ];
}

export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const commandKey = useCommandKey() ?? "Ctrl";
  const rows: readonly Row[] = [
    ...generalRows(commandKey),
    ...destinations.map((item): Row => [["g", item.key], `Go to ${item.label}`]),
  ];
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Keyboard shortcuts"
      description="Letters do nothing while you type in a field."
    >
      <dl className="mt-3 grid gap-1.5">
        {rows.map(([keys, meaning]) => (
          <div key={meaning} className="flex items-center justify-between">
            <dt className="text-dim">{meaning}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

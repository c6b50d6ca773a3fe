"use client";

import { DropdownMenu } from "radix-ui";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import type { ApplicationView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";

export function ApplicationMenu({ name, application }: { name: string; application: ApplicationView | undefined }) {
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <Button size="icon" aria-label="More actions">
            <Ellipsis />
          </Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={6}
            className="z-50 min-w-[180px] animate-appear-up rounded-card border border-line-strong bg-panel p-1"
          >
            <DropdownMenu.Item
              onSelect={() => setDeleting(true)}
              disabled={application === undefined || application.status === "DELETING"}
              className="flex h-7 cursor-pointer items-center rounded-[6px] px-2 text-bad outline-none data-[disabled]:cursor-default data-[disabled]:text-faint data-[highlighted]:bg-raise"
            >
              {application?.status === "DELETING" ? "Being deleted" : "Delete application…"}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {application !== undefined && (
        <DeleteDialog name={name} application={application} open={deleting} onOpenChange={setDeleting} />
      )}
    </>
  );
}

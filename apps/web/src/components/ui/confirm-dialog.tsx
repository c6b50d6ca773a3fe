"use client";

import type { ReactNode } from "react";
import { sentenceOf } from "@/data/problem.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

export interface ConfirmDialogProps {
  title: string;
  /** What will happen, and what will not. */
  children: ReactNode;
  /** The word on the button that acts. */
  action: string;
  /** The same while it acts. */
  acting: string;
  look?: "primary" | "danger";
  mutation: { readonly isPending: boolean; readonly error: unknown };
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks once, says what happens, and keeps what the server answered where it was asked. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, acting, look = "primary", mutation, onConfirm, onClose } = props;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={children}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={look} autoFocus reason={mutation.isPending ? acting : undefined} onClick={onConfirm}>
            {mutation.isPending ? acting : action}
          </Button>
        </>
      }
    >
      {mutation.error !== null && (
        <p role="alert" className="mt-3 wrap-anywhere text-bad">
          {sentenceOf(mutation.error)}
        </p>
      )}
    </Dialog>
  );
}

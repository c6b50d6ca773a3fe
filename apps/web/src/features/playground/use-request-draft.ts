"use client";

import { useState } from "react";
import { forgetDraft, loadDraft, saveDraft } from "./remembered-draft.ts";
import type { RequestDraft } from "./request-draft.ts";

/** The request that is edited: what this tab last tried with the application, else `start`. */
export function useRequestDraft(application: string, start: RequestDraft) {
  const [draft, setDraft] = useState(() => loadDraft(sessionStorage, application) ?? start);
  return {
    draft,
    isChanged: JSON.stringify(draft) !== JSON.stringify(start),
    change: (part: Partial<RequestDraft>): void => {
      const next = { ...draft, ...part };
      saveDraft(sessionStorage, application, next);
      setDraft(next);
    },
    startOver: (): void => {
      forgetDraft(sessionStorage, application);
      setDraft(start);
    },
  };
}

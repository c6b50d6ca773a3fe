"use client";

import { useState } from "react";
import { forgetDraft, loadDraft, saveDraft } from "./remembered-draft.ts";
import type { RequestDraft } from "./request-draft.ts";

const tabStorage = (): Storage => sessionStorage;

/** The request that is edited: what this tab last tried with the application, else `start`. */
export function useRequestDraft(application: string, start: RequestDraft) {
  const [draft, setDraft] = useState(() => loadDraft(tabStorage, application) ?? start);
  return {
    draft,
    isChanged: JSON.stringify(draft) !== JSON.stringify(start),
    change: (part: Partial<RequestDraft>): void => {
      const next = { ...draft, ...part };
      // First what is seen: that it is also remembered is a convenience.
      setDraft(next);
      saveDraft(tabStorage, application, next);
    },
    startOver: (): void => {
      setDraft(start);
      forgetDraft(tabStorage, application);
    },
  };
}

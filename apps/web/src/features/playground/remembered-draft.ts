/** What a person last tried with an application, until the browser's tab is closed. */
import { RequestDraft } from "./request-draft.ts";

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;
/** Opened at each use: where a browser is told to keep nothing, even naming `sessionStorage` throws. */
type OpenStorage = () => TabStorage;

/** All of a tab's storage is some 5 MB. */
const longestText = 200_000;
/** Values of such headers are not left lying about. */
const secretName = /auth|key|token|secret|cookie/i;

const keyOf = (application: string): string => `sluice.playground.${application}`;

export function loadDraft(open: OpenStorage, application: string): RequestDraft | undefined {
  const text = tolerate(() => open().getItem(keyOf(application))) ?? null;
  if (text === null) return undefined;
  try {
    return RequestDraft.parse(JSON.parse(text));
  } catch {
    // Of another version of the dashboard, or nobody's.
    forgetDraft(open, application);
    return undefined;
  }
}

/** What does not fit is not kept, and neither is an older draft, which would come back as the last one. */
export function saveDraft(open: OpenStorage, application: string, draft: RequestDraft): void {
  const headers = draft.headers.map((row) => (secretName.test(row.name) ? { ...row, value: "" } : row));
  const text = JSON.stringify({ ...draft, headers });
  const isKept = tolerate(() => {
    if (text.length > longestText) return false;
    open().setItem(keyOf(application), text);
    return true;
  });
  if (isKept !== true) forgetDraft(open, application);
}

export function forgetDraft(open: OpenStorage, application: string): void {
  tolerate(() => open().removeItem(keyOf(application)));
}

/**
 * Undefined where the storage fails: it is full (QuotaExceededError), or the browser gives none to this page
 * (SecurityError). To remember is a convenience; without it a request can still be edited and sent.
 */
function tolerate<Result>(use: () => Result): Result | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}

/** What a person last tried with an application, until the browser's tab is closed. */
import { RequestDraft } from "./request-draft.ts";

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** All of a tab's storage is some 5 MB. */
const longestText = 200_000;
/** Values of such headers are not left lying about. */
const secretName = /auth|key|token|secret|cookie/i;

const keyOf = (application: string): string => `sluice.playground.${application}`;

export function loadDraft(storage: TabStorage, application: string): RequestDraft | undefined {
  const text = storage.getItem(keyOf(application));
  if (text === null) return undefined;
  try {
    return RequestDraft.parse(JSON.parse(text));
  } catch {
    // Of another version of the dashboard, or nobody's.
    storage.removeItem(keyOf(application));
    return undefined;
  }
}

export function saveDraft(storage: TabStorage, application: string, draft: RequestDraft): void {
  const headers = draft.headers.map((row) => (secretName.test(row.name) ? { ...row, value: "" } : row));
  const text = JSON.stringify({ ...draft, headers });
  if (text.length > longestText) storage.removeItem(keyOf(application));
  else storage.setItem(keyOf(application), text);
}

export function forgetDraft(storage: TabStorage, application: string): void {
  storage.removeItem(keyOf(application));
}

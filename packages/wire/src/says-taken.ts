import type { RequestHead } from "./heads.ts";

/** They ask for nothing to change (RFC 9110 9.2.1), so whoever sent them may send them again, begun or not. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** True for requests whose beginning is told by TAKEN: those that must not be begun twice. */
export function saysTaken(head: RequestHead): boolean {
  return head.kind === "call" || !safeMethods.has(head.method);
}

import type { RequestHead } from "./heads.ts";

/** The router's list of methods that may be repeated (decide-retry.ts) is the same; neither package may import the other. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** They ask for nothing to change (RFC 9110 9.2.1), so whoever sent them may send them again, begun or not. */
export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method);
}

/** True for requests whose beginning is told by TAKEN: those that must not be begun twice. */
export function saysTaken(head: RequestHead): boolean {
  return head.kind === "call" || !isSafeMethod(head.method);
}

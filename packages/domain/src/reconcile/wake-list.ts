import type { Action } from "./action.ts";

/** Times at which the plan is to be made again even if nothing happens; only the earliest counts. */
export class WakeList {
  #first: { readonly atMs: number; readonly reason: string } | null = null;

  add(atMs: number, reason: string): void {
    if (this.#first === null || atMs < this.#first.atMs) this.#first = { atMs, reason };
  }

  earliest(): Action[] {
    return this.#first === null ? [] : [{ kind: "wakeAt", ...this.#first }];
  }
}

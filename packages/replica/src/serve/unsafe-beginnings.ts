import type { WireRequest } from "@sluice/wire";
import { planBeginnings } from "./plan-beginnings.ts";

interface Beginning {
  readonly request: WireRequest;
  readonly begin: () => void;
  /** The caller went before its request could begin. */
  readonly onGone: () => void;
}

/** Share that the newest measurement has in the average. */
const newestShare = 0.2;

/**
 * Lets unsafe requests begin. Before the code of one may run, the kernel must have TAKEN for its caller (SPEC 4.4), which costs a system
 * call; those that were read together share one, as far as `planBeginnings` allows.
 */
export class UnsafeBeginnings {
  #waiting: Beginning[] = [];
  /** How long the code of one request holds the loop before the next can begin, on average, in milliseconds. */
  #heldMs = 0;

  /** `begin` is called when all that was read is looked at, or `onGone`. */
  add(request: WireRequest, begin: () => void, onGone: () => void): void {
    if (this.#waiting.push({ request, begin, onGone }) === 1) process.nextTick(this.#beginAll);
  }

  readonly #beginAll = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length;) {
      const count = planBeginnings(waiting.length - at, this.#heldMs);
      this.#beginTogether(waiting.slice(at, at + count));
      at += count;
    }
  };

  #beginTogether(group: readonly Beginning[]): void {
    for (const { request } of group) request.announceTaken();
    // Asked of all before the first begins: an answer that is written meanwhile must not be what is waited for.
    const isTold = group.map(({ request }) => request.tellTaken());
    const startedMs = performance.now();
    for (const [index, { request, begin, onGone }] of group.entries()) {
      if (request.gone !== undefined) onGone();
      else if (isTold[index] === true) begin();
      else request.whenTaken(begin, onGone);
    }
    const heldMs = (performance.now() - startedMs) / group.length;
    this.#heldMs += (heldMs - this.#heldMs) * newestShare;
  }
}

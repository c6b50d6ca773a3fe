import type { LiveChange } from "@sluice/contracts";
import { getApplicationById } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";

/** Never more than two messages a second, however much changes. */
const intervalMs = 500;

/** Begins with "all", since nobody knows what a new or returning client has missed. Ends when the signal aborts. */
export async function* watchChanges(
  deps: Pick<ApiDeps, "db" | "clock" | "changes">,
  principal: Principal,
  signal: AbortSignal,
): AsyncIterable<LiveChange> {
  authorize(principal, "read", { type: "cluster", id: null });
  const pending = new Pending();
  const unsubscribe = deps.changes.subscribe((applicationId) => pending.add(applicationId));
  const stop = (): void => pending.wake();
  signal.addEventListener("abort", stop);
  try {
    pending.add(null);
    while (!signal.aborted) {
      await pending.arrival();
      if (signal.aborted) return;
      yield { applications: await namesOf(deps, pending.take()), at: deps.clock.nowMs() };
      await deps.clock.sleep(intervalMs, signal);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    unsubscribe();
  }
}

/** What changed since the last message. */
class Pending {
  #ids = new Set<string>();
  #isAll = false;
  #wake: (() => void) | null = null;

  add(applicationId: string | null): void {
    if (applicationId === null) this.#isAll = true;
    else this.#ids.add(applicationId);
    this.wake();
  }

  wake(): void {
    this.#wake?.();
    this.#wake = null;
  }

  async arrival(): Promise<void> {
    if (this.#isAll || this.#ids.size > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  take(): readonly string[] | "all" {
    const taken = this.#isAll ? ("all" as const) : [...this.#ids];
    this.#ids = new Set();
    this.#isAll = false;
    return taken;
  }
}

/** Ids become the names that clients know; one that is gone makes it "all", because lists changed. */
async function namesOf(deps: Pick<ApiDeps, "db">, ids: readonly string[] | "all"): Promise<LiveChange["applications"]> {
  if (ids === "all") return "all";
  const names: string[] = [];
  for (const id of ids) {
    const application = await getApplicationById(deps.db, id);
    if (application === null) return "all";
    names.push(application.name);
  }
  return names;
}

import type { Action } from "./action.ts";
import type { ReconcilePlan } from "./plan-reconcile.ts";
import { stateEvent } from "./plan-transition.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";

/** What a leader remembers of an application; the next leader begins anew. */
export interface LeaderMemory {
  /** Null until this leader looked at it. */
  readonly lookedAt: {
    /** This leader saw it come up. A state that was found in the database is the former leader's word. */
    readonly cameUp: boolean;
    /** Unhealthy since then, and no event tells of it. */
    readonly untoldSinceMs: number | null;
  } | null;
}

export const newToLeader: LeaderMemory = { lookedAt: null };

/** What is unhealthy for so long is an event, whatever the cause. Longer than a restart with a slow model takes. */
export const LASTING_MS = 60_000;

export interface HoldInput {
  readonly snapshot: ReconcileSnapshot;
  readonly plan: ReconcilePlan;
  readonly memory: LeaderMemory;
  readonly nowMs: number;
  readonly leaderSinceMs: number;
}

/**
 * Keeps restarts out of the history. A product that stops takes its replicas with it, and one that starts finds none: the
 * application is unhealthy for a moment, which its status says, but nothing went wrong. So the event is written
 * - at once when replicas failed, if this leader saw the application up or leads for longer than `LASTING_MS`;
 * - else when the state has lasted for `LASTING_MS`.
 * The event of a leader that ended in between is not lost: what the next one finds unhealthy counts as untold.
 */
export function holdUnhealthy(input: HoldInput): { actions: readonly Action[]; memory: LeaderMemory } {
  const { snapshot, plan, nowMs, leaderSinceMs } = input;
  const before = snapshot.status?.state ?? null;
  const known = input.memory.lookedAt;
  const isUnhealthy = plan.status.state === "UNHEALTHY";
  const cameUp = known?.cameUp === true || (plan.status.state === "RUNNING" && before !== null && before !== "RUNNING");
  const remember = (untoldSinceMs: number | null): LeaderMemory => ({ lookedAt: { cameUp, untoldSinceMs } });
  if (!isUnhealthy) return { actions: plan.actions, memory: remember(null) };

  const isNew = before !== "UNHEALTHY" || known === null;
  const sinceMs = isNew ? nowMs : known.untoldSinceMs;
  if (sinceMs === null) return { actions: plan.actions, memory: remember(null) };

  const rest = plan.actions.filter((action) => !tellsOfUnhealthy(action));
  const hasFailure = rest.some(({ kind }) => kind === "noteFailure" || kind === "failReplica");
  const isTrusted = cameUp || nowMs - leaderSinceMs >= LASTING_MS;
  const dueMs = sinceMs + LASTING_MS;
  if ((hasFailure && isTrusted) || nowMs >= dueMs) {
    const event: Action = { kind: "recordEvent", ...stateEvent(plan.status, snapshot.application.generation) };
    return { actions: [...rest, event], memory: remember(null) };
  }
  const wake: Action = { kind: "wakeAt", atMs: dueMs, reason: "it is unhealthy, and an event if that lasts" };
  return { actions: [...rest, wake], memory: remember(sinceMs) };
}

/** Only asked of a plan whose state is UNHEALTHY: it has one event of a state at most. */
function tellsOfUnhealthy(action: Action): boolean {
  return action.kind === "recordEvent" && action.reason === "ApplicationState";
}

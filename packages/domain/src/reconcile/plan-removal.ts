import type { Action } from "./action.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";

/** The end of a deletion: nothing runs any more. */
export function planRemoval({ application }: ReconcileSnapshot): Action[] {
  const message = `Application ${application.name} is deleted: all its replicas have stopped.`;
  const event = {
    reason: "ApplicationDeleted",
    severity: "info",
    message,
    deployment: null,
    replicaId: null,
    numbers: {},
  } as const;
  return [
    { kind: "recordEvent", ...event },
    { kind: "removeApplication", reason: "all its replicas have stopped" },
  ];
}

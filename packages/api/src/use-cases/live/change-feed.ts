import { listen } from "@sluice/db";
import type { ChangeFeed } from "../../ports/api-deps.ts";

export interface ListeningChangeFeed extends ChangeFeed {
  close(): Promise<void>;
}

/** One listening connection for all open dashboards. After a lost connection everything counts as changed. */
export function openChangeFeed(options: {
  readonly databaseUrl: string;
  readonly onLost?: (error: unknown) => void;
}): ListeningChangeFeed {
  const listeners = new Set<(applicationId: string | null) => void>();
  const tell = (applicationId: string | null): void => {
    for (const listener of [...listeners]) listener(applicationId);
  };
  const listener = listen({
    url: options.databaseUrl,
    channels: ["sluice_status", "sluice_intent"],
    onMessage: (_, payload) => tell(payload.applicationId ?? null),
    onResync: () => tell(null),
    ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
  });
  return {
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    close: () => listener.close(),
  };
}

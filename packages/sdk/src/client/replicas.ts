import { Page, ReplicaView } from "@sluice/contracts";
import type { PageOf } from "@sluice/contracts";
import type { PageOptions } from "./client.ts";
import { sendRequest } from "./http-call.ts";
import type { ClientOptions, HttpCall } from "./http-call.ts";

export interface LogOptions {
  /** From this time on: ISO 8601. */
  readonly since?: string;
  /** At most this many bytes of the end. */
  readonly tail?: number;
  readonly signal?: AbortSignal;
}

export interface ReplicaCalls {
  list(options?: PageOptions & { readonly application?: string }): Promise<PageOf<ReplicaView>>;
  get(id: string): Promise<ReplicaView>;
  /** What the replica wrote, as text; it outlives the replica. */
  logs(id: string, options?: LogOptions): Promise<string>;
  /** The same piece by piece, and what it writes from now on, until it ends or the signal aborts. */
  followLogs(id: string, options?: LogOptions): AsyncIterable<string>;
}

/** Calls below `/replicas`. */
export function replicaCalls(call: HttpCall, client: ClientOptions): ReplicaCalls {
  const ask = (id: string, { since, tail, signal }: LogOptions, follow: boolean): Promise<Response> =>
    sendRequest(client, "GET", ["replicas", id, "logs"], {
      query: { since, tail, ...(follow ? { follow } : {}) },
      headers: { accept: "text/plain" },
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    list: (query) => call(Page(ReplicaView), "GET", ["replicas"], { query: { ...query } }),
    get: (id) => call(ReplicaView, "GET", ["replicas", id]),
    logs: async (id, options = {}) => (await ask(id, options, false)).text(),
    followLogs: async function* (id, options = {}) {
      const response = await ask(id, options, true);
      if (response.body === null) return;
      const decoder = new TextDecoder();
      const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          yield decoder.decode(value, { stream: true });
        }
      } finally {
        await reader.cancel().catch(() => undefined);
      }
    },
  };
}

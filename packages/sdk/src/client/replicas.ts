import { Page, ReplicaView } from "@sluice/contracts";
import type { PageOf } from "@sluice/contracts";
import type { PageOptions } from "./client.ts";
import { sendRequest } from "./http-call.ts";
import type { ClientOptions, HttpCall } from "./http-call.ts";

export interface ReplicaCalls {
  list(options?: PageOptions & { readonly application?: string }): Promise<PageOf<ReplicaView>>;
  get(id: string): Promise<ReplicaView>;
  /** Last part of the replica's log as text; it outlives the replica. */
  logs(id: string): Promise<string>;
}

/** Calls below `/replicas`. */
export function replicaCalls(call: HttpCall, client: ClientOptions): ReplicaCalls {
  return {
    list: (query) => call(Page(ReplicaView), "GET", ["replicas"], { query: { ...query } }),
    get: (id) => call(ReplicaView, "GET", ["replicas", id]),
    logs: async (id) => {
      const response = await sendRequest(client, "GET", ["replicas", id, "logs"], {
        headers: { accept: "text/plain" },
      });
      return response.text();
    },
  };
}

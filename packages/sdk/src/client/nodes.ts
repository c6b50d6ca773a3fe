import { JoinTokenCreated, JoinTokenView, NodeView, Page } from "@sluice/contracts";
import type { PageOf } from "@sluice/contracts";
import { z } from "zod";
import type { PageOptions } from "./client.ts";
import type { HttpCall } from "./http-call.ts";

/** Nodes are named by their id, or by a name that only one has. */
export interface NodeCalls {
  list(page?: PageOptions): Promise<PageOf<NodeView>>;
  get(node: string): Promise<NodeView>;
  /** No new replicas there. */
  cordon(node: string): Promise<NodeView>;
  /** New replicas again; ends a drain, and takes a removed node back. */
  uncordon(node: string): Promise<NodeView>;
  /** Replacements elsewhere first, then its replicas go. */
  drain(node: string): Promise<NodeView>;
  /** With replicas on it only by force. */
  remove(node: string, options?: { readonly force?: boolean }): Promise<NodeView>;
  /** Null takes a label away. */
  label(node: string, labels: Readonly<Record<string, string | null>>): Promise<NodeView>;
  readonly joinTokens: {
    list(): Promise<{ items: JoinTokenView[] }>;
    /** The one answer that holds the token. */
    create(options?: { readonly ttl_s?: number; readonly name?: string }): Promise<JoinTokenCreated>;
    delete(id: string): Promise<void>;
  };
}

/** Calls below `/nodes`. */
export function nodeCalls(call: HttpCall): NodeCalls {
  const root = "nodes";
  const act = (node: string, action: string): Promise<NodeView> => call(NodeView, "POST", [root, node, action]);
  return {
    list: (page) => call(Page(NodeView), "GET", [root], { query: { ...page } }),
    get: (node) => call(NodeView, "GET", [root, node]),
    cordon: (node) => act(node, "cordon"),
    uncordon: (node) => act(node, "uncordon"),
    drain: (node) => act(node, "drain"),
    remove: (node, options = {}) => call(NodeView, "DELETE", [root, node], { query: { force: options.force } }),
    label: (node, labels) => call(NodeView, "PATCH", [root, node], { body: { labels } }),
    joinTokens: {
      list: () => call(z.object({ items: z.array(JoinTokenView) }), "GET", [root, "join-tokens"]),
      create: (options = {}) => call(JoinTokenCreated, "POST", [root, "join-tokens"], { body: options }),
      delete: async (id) => {
        await call(z.null(), "DELETE", [root, "join-tokens", id]);
      },
    },
  };
}

import {
  ApplicationPutAnswer,
  ApplicationSummary,
  ApplicationView,
  Page,
  RevisionView,
  TrafficView,
} from "@sluice/contracts";
import type { ApplicationSpecInput, PageOf, TrafficPut } from "@sluice/contracts";
import { z } from "zod";
import type { PageOptions } from "./client.ts";
import type { HttpCall } from "./http-call.ts";
import { rolloutCalls } from "./rollouts.ts";
import type { RolloutCalls } from "./rollouts.ts";

export interface PutOptions {
  /** Answer the plan and change nothing. */
  readonly dryRun?: boolean;
  /** Kept on the revision. */
  readonly message?: string;
  /** Generation the change builds on; another one now in force is answered 412. */
  readonly ifGeneration?: number;
  /** The same key and body again answer as the first time. */
  readonly idempotencyKey?: string;
}

export interface ApplicationCalls extends RolloutCalls {
  list(page?: PageOptions): Promise<PageOf<ApplicationSummary>>;
  get(name: string): Promise<ApplicationView>;
  /** Creates or updates; an unchanged spec is a no-op with `plan.outcome` "unchanged". */
  put(spec: ApplicationSpecInput, options?: PutOptions): Promise<ApplicationPutAnswer>;
  delete(name: string): Promise<void>;
  revisions(name: string, page?: PageOptions): Promise<PageOf<RevisionView>>;
  revision(name: string, number: number): Promise<RevisionView>;
  rollback(name: string, revision: number, message?: string): Promise<void>;
  traffic(name: string): Promise<TrafficView>;
  setTraffic(
    name: string,
    variants: TrafficPut["variants"],
    options?: { readonly ifGeneration?: number },
  ): Promise<TrafficView>;
  /** Removes the split: all requests follow the target revision. */
  resetTraffic(name: string): Promise<TrafficView>;
}

/** Calls below `/applications`. */
export function applicationCalls(call: HttpCall): ApplicationCalls {
  const root = "applications";
  return {
    ...rolloutCalls(call),
    list: (page) => call(Page(ApplicationSummary), "GET", [root], { query: { ...page } }),
    get: (name) => call(ApplicationView, "GET", [root, name]),
    put: (spec, options = {}) =>
      call(ApplicationPutAnswer, "PUT", [root, spec.name], {
        query: { dry_run: options.dryRun, message: options.message },
        headers: { "if-match": etag(options.ifGeneration), "idempotency-key": options.idempotencyKey },
        body: spec,
      }),
    delete: async (name) => {
      await call(Ignored, "DELETE", [root, name]);
    },
    revisions: (name, page) => call(Page(RevisionView), "GET", [root, name, "revisions"], { query: { ...page } }),
    revision: (name, number) => call(RevisionView, "GET", [root, name, "revisions", String(number)]),
    rollback: async (name, revision, message) => {
      await call(Ignored, "POST", [root, name, "rollback"], {
        body: { revision, ...(message === undefined ? {} : { message }) },
      });
    },
    traffic: (name) => call(TrafficView, "GET", [root, name, "traffic"]),
    setTraffic: (name, variants, options = {}) =>
      call(TrafficView, "PUT", [root, name, "traffic"], {
        headers: { "if-match": etag(options.ifGeneration) },
        body: { variants },
      }),
    resetTraffic: (name) => call(TrafficView, "DELETE", [root, name, "traffic"]),
  };
}

/** Answers whose body the caller does not need. */
const Ignored = z.unknown();

/** ETag of an application = its generation, quoted as HTTP wants it. */
function etag(generation: number | undefined): string | undefined {
  return generation === undefined ? undefined : `"${generation}"`;
}

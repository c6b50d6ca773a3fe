/**
 * One entry of the REST table: everything the dispatcher and the OpenAPI document need to know about a call. The handler
 * gets parsed values and calls one use-case.
 */
import type { z } from "zod";
import type { Principal } from "../access/principal.ts";
import type { ApiUseCases } from "../use-cases/api-use-cases.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** How a call takes its body. `spec` = JSON or YAML, checked by the use-case; `bytes` = streamed as it is. */
export type BodyKind =
  | { readonly kind: "json"; readonly schema: z.ZodType }
  | { readonly kind: "spec"; readonly schema: z.ZodType }
  | { readonly kind: "bytes"; readonly contentTypes: readonly string[] };

export interface RestAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless `text` is given. Neither = no body. */
  readonly body?: unknown;
  readonly text?: { readonly contentType: string; readonly content: string };
  /** Sent as it comes. */
  readonly stream?: { readonly contentType: string; readonly body: ReadableStream<Uint8Array> };
}

export interface CallContext<Params, Query, Body> {
  readonly api: ApiUseCases;
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Headers;
  /** Generation named by If-Match or If-None-Match. */
  readonly ifGeneration: number | undefined;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
  /** The request's path and query, for links. */
  readonly url: URL;
}

export interface ResponseDoc {
  readonly description: string;
  /** Name of a schema in the table of named schemas; absent = no body. */
  readonly schema?: string;
  readonly contentType?: string;
}

export interface Operation {
  readonly id: string;
  readonly method: Method;
  /** Below `/api/v1`, with `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params: z.ZodObject | null;
  readonly query: z.ZodObject | null;
  readonly body: BodyKind | null;
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /** Statuses of problems that the call may answer besides 400, 401, 403, 500. */
  readonly problems: readonly number[];
  /** True for what answers without a credential even when an admin token is set. */
  readonly isOpen: boolean;
  readonly handle: (context: CallContext<unknown, unknown, unknown>) => Promise<RestAnswer>;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : null;
type BodyOf<B> = B extends { kind: "json"; schema: infer S }
  ? Parsed<S>
  : B extends { kind: "spec" }
    ? unknown
    : B extends { kind: "bytes" }
      ? { readonly contentType: string; readonly chunks: AsyncIterable<Uint8Array> }
      : null;

interface OperationInput<P, Q, B> {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  readonly problems?: readonly number[];
  readonly isOpen?: boolean;
  readonly handle: (context: CallContext<Parsed<P>, Parsed<Q>, BodyOf<B>>) => Promise<RestAnswer>;
}

/** Takes an Idempotency-Key. Reads and deletions may be repeated without one. */
export function isRepeatable({ method, body }: Pick<Operation, "method" | "body">): boolean {
  return (method === "POST" || method === "PUT" || method === "PATCH") && body?.kind !== "bytes";
}

/** Checks at compile time that a handler fits its schemas; the dispatcher parses before it calls. */
export function operation<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends BodyKind | undefined = undefined,
>(input: OperationInput<P, Q, B>): Operation {
  return {
    ...input,
    params: input.params ?? null,
    query: input.query ?? null,
    body: input.body ?? null,
    problems: input.problems ?? [],
    isOpen: input.isOpen ?? false,
    handle: input.handle as Operation["handle"],
  };
}

export const ok = (body: unknown, headers?: Readonly<Record<string, string>>): RestAnswer => ({
  status: 200,
  body,
  ...(headers === undefined ? {} : { headers }),
});

/** A page with its `Link: rel="next"`. */
export function okPage(url: URL, page: { readonly next_cursor: string | null }): RestAnswer {
  if (page.next_cursor === null) return ok(page);
  const query = new URLSearchParams(url.search);
  query.set("cursor", page.next_cursor);
  return ok(page, { link: `<${url.pathname}?${query.toString()}>; rel="next"` });
}

export const etagOf = (generation: number): string => `"${generation}"`;

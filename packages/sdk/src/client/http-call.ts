import type { z } from "zod";
import { apiErrorOf } from "./api-error.ts";

export interface ClientOptions {
  /** Base address of the dashboard and REST API, for example http://localhost:8265. */
  readonly url: string;
  /** Admin token, when the server needs one. */
  readonly token?: string;
  /** Replaces the global fetch. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Sent as it is, with this type, in place of `body`. */
  readonly bytes?: { readonly content: Uint8Array; readonly contentType: string };
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export type HttpMethod = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** One REST call whose answer is checked against `schema`. */
export type HttpCall = <T extends z.ZodType>(
  schema: T,
  method: HttpMethod,
  path: readonly string[],
  options?: CallOptions,
) => Promise<z.infer<T>>;

/** Sends one request below `/api/v1`; a non-2xx answer throws ApiError. */
export async function sendRequest(
  client: ClientOptions,
  method: HttpMethod,
  path: readonly string[],
  options: CallOptions = {},
): Promise<Response> {
  const url = new URL(`${client.url.replace(/\/+$/, "")}/api/v1/${path.map(encodeURIComponent).join("/")}`);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers = new Headers({ accept: "application/json" });
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  if (client.token !== undefined && client.token !== "") headers.set("authorization", `Bearer ${client.token}`);
  const init: RequestInit = { method, headers };
  if (options.signal !== undefined) init.signal = options.signal;
  if (options.bytes !== undefined) {
    headers.set("content-type", options.bytes.contentType);
    init.body = options.bytes.content as Uint8Array<ArrayBuffer>;
  } else if (options.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(options.body);
  } else if (method !== "GET") {
    // A change without a body still shows that no foreign page sent it.
    headers.set("content-type", "application/json");
  }
  const response = await (client.fetch ?? fetch)(url, init);
  if (!response.ok) throw await apiErrorOf(response);
  return response;
}

/** The call function that the parts of the client share. */
export function httpCall(client: ClientOptions): HttpCall {
  return async (schema, method, path, options) => {
    const response = await sendRequest(client, method, path, options);
    const text = await response.text();
    return schema.parse(text === "" ? null : JSON.parse(text));
  };
}

import type { HeaderPairs, ServerStream } from "@sluice/wire";
import type { JsonValue } from "@sluice/sdk";
import type { HostedRequest } from "./handles/hosted-request.ts";

/** One request as the wire delivered it. */
export type IncomingRequest = ServerStream;

/** What a runtime answers. The host sends it, counts it and frees the slot. */
export type Answer =
  /** The whole HTTP answer: the usual case, and the fast one. */
  | { readonly kind: "http"; readonly status: number; readonly headers: HeaderPairs; readonly body: Buffer | undefined }
  /** An HTTP answer whose body comes in pieces. */
  | {
      readonly kind: "stream";
      readonly status: number;
      readonly headers: HeaderPairs;
      readonly body: ReadableStream<Uint8Array>;
    }
  /** The runtime writes the answer to the wire itself; settles with the status to count, rejects before it wrote anything. */
  | { readonly kind: "relayed"; readonly relay: (ongoing: number) => Promise<number> }
  /** The value of a call; `undefined` travels as an empty body. */
  | { readonly kind: "result"; readonly value: unknown }
  /** The items of a call that streams; the generator is asked for the next one when the caller has room for it. */
  | { readonly kind: "items"; readonly items: AsyncIterable<unknown> | Iterable<unknown> };

/** What runs inside a host: user code, a model, or a program. */
export interface Runtime {
  /** Its code may ask for its request, also while it streams. */
  readonly carriesContext?: boolean;
  /** Answers one request, of which `context.timings` may tell more; a throw becomes an error answer. May answer synchronously, which saves a turn of the loop. */
  answer(request: IncomingRequest, context: HostedRequest): Answer | Promise<Answer>;
  /** Throws (or rejects) when the replica should be replaced. */
  checkHealth(): Promise<void>;
  reconfigure(userConfig: JsonValue): Promise<void>;
  /** Settles when the replica has died of itself, with the reason; absent where nothing can. */
  readonly failed?: Promise<Error>;
  /** Called once, after the last request. */
  dispose(): Promise<void>;
}

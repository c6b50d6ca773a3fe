import type { HeaderPairs, ServerStream } from "@sluice/wire";
import type { JsonValue } from "@sluice/sdk";

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
  /** The value of a call, as JSON; `undefined` travels as an empty body. */
  | { readonly kind: "result"; readonly value: unknown };

/** What runs inside a host: user code, or a model. */
export interface Runtime {
  /** Answers one request; a throw becomes an error answer. May answer synchronously, which saves a turn of the loop. */
  answer(request: IncomingRequest): Answer | Promise<Answer>;
  /** Throws (or rejects) when the replica should be replaced. */
  checkHealth(): Promise<void>;
  reconfigure(userConfig: JsonValue): Promise<void>;
  /** Called once, after the last request. */
  dispose(): Promise<void>;
}

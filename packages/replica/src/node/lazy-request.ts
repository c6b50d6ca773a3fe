import { CancelCode } from "@sluice/wire";
import type { HttpRequestHead } from "@sluice/wire";
import type { IncomingRequest } from "../runtime.ts";
import { bodyLimitBytes } from "../serve/read-request.ts";

/**
 * A WHATWG Request that is built only as far as it is looked at: undici's own costs more than a whole small request.
 * It is an `instanceof Request`; whatever the fast paths do not cover goes to a real Request made on first use.
 */
export class LazyRequest {
  readonly #incoming: IncomingRequest;
  readonly #head: HttpRequestHead;
  #headers: Headers | undefined;
  #abort: AbortController | undefined;
  #real: Request | undefined;
  #isBodyUsed = false;

  constructor(incoming: IncomingRequest, head: HttpRequestHead) {
    this.#incoming = incoming;
    this.#head = head;
  }

  get method(): string {
    return this.#head.method;
  }

  get url(): string {
    return `http://${headerOf(this.#head, "host") ?? "localhost"}${this.#head.target}`;
  }

  get headers(): Headers {
    if (this.#real !== undefined) return this.#real.headers;
    if (this.#headers === undefined) {
      this.#headers = new Headers();
      const pairs = this.#head.headers;
      for (let at = 0; at + 1 < pairs.length; at += 2) this.#headers.append(pairs[at] ?? "", pairs[at + 1] ?? "");
    }
    return this.#headers;
  }

  /** Aborts when the client goes away or the deadline passes. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      this.#incoming.onCancel((gone) => {
        const name = gone.code === CancelCode.deadlineExceeded ? "TimeoutError" : "AbortError";
        abort.abort(new DOMException(gone.text === "" ? "The client went away." : gone.text, name));
      });
    }
    return this.#abort.signal;
  }

  get bodyUsed(): boolean {
    return this.#isBodyUsed || (this.#real?.bodyUsed ?? false);
  }

  async text(): Promise<string> {
    return this.#real === undefined ? (await this.#takeBody()).toString("utf8") : this.#real.text();
  }

  async json(): Promise<unknown> {
    return this.#real === undefined ? JSON.parse((await this.#takeBody()).toString("utf8")) : this.#real.json();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#real !== undefined) return this.#real.arrayBuffer();
    const body = await this.#takeBody();
    const copy = new ArrayBuffer(body.length);
    body.copy(new Uint8Array(copy));
    return copy;
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }

  /** The real Request behind this one, made on first use. */
  toRequest(): Request {
    if (this.#real === undefined) {
      const method = this.#head.method;
      const hasBody = method !== "GET" && method !== "HEAD" && !this.#isBodyUsed;
      this.#real = new Request(this.url, {
        method,
        headers: this.headers,
        signal: this.signal,
        ...(hasBody ? { body: streamOf(this.#incoming), duplex: "half" } : {}),
      });
    }
    return this.#real;
  }

  async #takeBody(): Promise<Buffer> {
    if (this.#isBodyUsed) throw new TypeError("Body is unusable: Body has already been read");
    this.#isBodyUsed = true;
    return this.#incoming.readBody(bodyLimitBytes);
  }
}

/** What is not defined above is answered by the real Request. */
const delegated = [
  "body",
  "cache",
  "credentials",
  "destination",
  "duplex",
  "integrity",
  "keepalive",
  "mode",
  "redirect",
  "referrer",
  "referrerPolicy",
] as const;
for (const name of delegated) {
  Object.defineProperty(LazyRequest.prototype, name, {
    get(this: LazyRequest) {
      return (this.toRequest() as unknown as Record<string, unknown>)[name];
    },
  });
}
for (const name of ["clone", "blob", "formData"] as const) {
  Object.defineProperty(LazyRequest.prototype, name, {
    value(this: LazyRequest) {
      return this.toRequest()[name]();
    },
  });
}
function headerOf(head: HttpRequestHead, name: string): string | undefined {
  const pairs = head.headers;
  for (let at = 0; at + 1 < pairs.length; at += 2) if (pairs[at]?.toLowerCase() === name) return pairs[at + 1];
  return undefined;
}

/** Pull-based, so that a slow reader holds the sender back by the wire's own credit. */
function streamOf(incoming: IncomingRequest): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await incoming.body.read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

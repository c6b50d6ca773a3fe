import { deployment, getMultiplexedModelId, getReplicaContext, getRequestContext } from "@sluice/sdk";
import type { DeploymentHandle } from "@sluice/sdk";

/** What the tests look at from outside, through `Back.seen()`. */
const seen: string[] = [];

class OutOfStock extends RangeError {
  override readonly name = "OutOfStock";
  readonly code = "E_STOCK";
  readonly left = 3;
}

class Back {
  #produced = 0;
  double = (value: number): number => value * 2;

  async slowly(ms: number, value: string): Promise<string> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      getRequestContext()?.signal.addEventListener("abort", () => {
        seen.push(`aborted: ${(getRequestContext()?.signal.reason as Error | undefined)?.name ?? "?"}`);
        clearTimeout(timer);
        resolve();
      });
    });
    return value;
  }

  async *count(to: number, failAt = -1): AsyncGenerator<number> {
    try {
      for (let at = 0; at < to; at += 1) {
        if (at === failAt) throw new OutOfStock("nothing left");
        yield at;
      }
    } finally {
      seen.push("count ended");
    }
  }

  *letters(text: string): Generator<string> {
    yield* text;
  }

  async *chunks(bytes: number): AsyncGenerator<Uint8Array> {
    for (;;) {
      this.#produced += 1;
      yield new Uint8Array(bytes);
    }
  }

  produced(): number {
    return this.#produced;
  }

  later(): Promise<AsyncIterable<string>> {
    return Promise.resolve(ReadableStream.from(["a", "b"]));
  }

  scale(vector: Float32Array, by: number): Float32Array {
    return vector.map((one) => one * by);
  }

  types(values: { when: Date; bytes: Buffer; tags: Set<string>; missing?: undefined }): string {
    return `${values.when.constructor.name} ${values.bytes.toString()} ${[...values.tags].join("+")}`;
  }

  fail(): never {
    throw new OutOfStock("nothing left", { cause: new TypeError("the shelf is empty") });
  }

  failOddly(): never {
    const odd: unknown = { reason: "odd" };
    throw odd;
  }

  huge(megabytes: number): Uint8Array {
    return new Uint8Array(megabytes * 1024 * 1024);
  }

  context(): Record<string, unknown> {
    const request = getRequestContext();
    const { deployment: name, application, replicaId } = getReplicaContext();
    return {
      name,
      application,
      hasReplica: replicaId !== "",
      requestId: request?.requestId,
      traceparent: request?.traceparent,
      leftMs: request === undefined ? 0 : Math.round(request.deadlineAtMs - performance.now()),
      model: getMultiplexedModelId(),
    };
  }

  seen(): string[] {
    return seen;
  }
}

type Step = (back: DeploymentHandle<Back>, request: Request) => unknown;

async function caught(work: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await work };
  } catch (error) {
    if (!(error instanceof Error)) return { odd: String(error) };
    const { name, message, stack, cause } = error;
    const { code, left } = error as { code?: unknown; left?: unknown };
    const isRange = error instanceof RangeError;
    const inner = cause instanceof TypeError ? cause.message : undefined;
    return { name, message, code, left, isRange, inner, stack };
  }
}

async function collect(items: AsyncIterable<unknown>): Promise<unknown> {
  const got: unknown[] = [];
  try {
    for await (const item of items) got.push(item);
  } catch (error) {
    return { got, error: error instanceof Error ? `${error.name}: ${error.message}` : "?" };
  }
  return { got };
}

const steps: Readonly<Record<string, Step>> = {
  field: (back) => back.double(4),
  unawaited: (back) => back.double(back.double(back.double(1))),
  failedArgument: (back) => caught(back.double(back.slowly(1, "x").then(() => Promise.reject(new Error("early"))))),
  stream: (back) => collect(back.count(5)),
  syncStream: (back) => collect(back.letters("héy")),
  laterStream: async (back) => [await collect(back.later()), await collect(back.options({ stream: true }).later())],
  relay: (back) => back.letters("abc"),
  relayNumbers: (back) => back.count(3),
  brokenStream: (back) => collect(back.count(5, 3)),
  collected: (back) => back.options({ stream: false }).count(4),
  singleAsStream: (back) => collect(back.options({ stream: true }).double(8)),
  early: async (back) => {
    for await (const item of back.count(1_000_000)) if (item === 2) break;
    return "left";
  },
  awaitedStreamError: async (back) => {
    // Nobody looks at the stream while it fails; that must not end the replica.
    const stream = back.options({ timeoutS: 0.05 }).count(5, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return collect(stream);
  },
  untouched: async (back) => {
    back.chunks(100_000);
    return "answered";
  },
  slowReader: async (back) => {
    const stream = back.chunks(10_000)[Symbol.asyncIterator]();
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const produced = await back.produced();
    await stream.return?.();
    return produced;
  },
  vector: async (back) => {
    const scaled = await back.scale(new Float32Array(2_500_000).fill(2), 3);
    return `${scaled.constructor.name} ${scaled.length} ${scaled[0]} ${scaled.at(-1)}`;
  },
  types: (back) => back.types({ when: new Date(), bytes: Buffer.from("hi"), tags: new Set(["a", "b"]) }),
  fail: (back) => caught(back.fail()),
  failOddly: (back) => caught(back.failOddly()),
  unknown: (back) => caught((back as unknown as { nothing(): Promise<unknown> }).nothing()),
  huge: (back) => caught(back.huge(300)),
  context: (back) => back.context(),
  model: (back) => back.options({ multiplexedModelId: "m7" }).context(),
  timeout: (back) => caught(back.options({ timeoutS: 0.1 }).slowly(5_000, "late")),
  uncaughtTimeout: (back) => back.options({ timeoutS: 0.1 }).slowly(5_000, "late"),
  abort: (back) => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new RangeError("changed my mind")), 50);
    return caught(back.options({ signal: abort.signal }).slowly(5_000, "late"));
  },
  method: (back) => back.options({ methodName: "double" })(21),
  nonsense: (back) => caught(Promise.resolve().then(() => back.options({ timeoutS: -1 }))),
  handleAsArgument: (back) => caught(back.double(back as never)),
  hold: (back) => back.slowly(900, "held"),
  seen: (back) => back.seen(),
};

class Front {
  readonly parts: { readonly back: DeploymentHandle<Back> };
  constructor(parts: { readonly back: DeploymentHandle<Back> }) {
    this.parts = parts;
  }
  async fetch(request: Request): Promise<unknown> {
    const name = new URL(request.url).pathname.split("/").at(-1) ?? "";
    return (await steps[name]?.(this.parts.back, request)) ?? null;
  }

  async failAfterCall(): Promise<never> {
    await this.parts.back.double(1);
    throw new RangeError("after the call");
  }
}

export const app = deployment(Front).bind({ back: deployment(Back).bind() });

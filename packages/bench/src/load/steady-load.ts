/**
 * Safe requests at a constant rate (Poisson, open loop) from when it is started until it is stopped, over one or several
 * addresses in turn. Every request that failed is kept with its time, so that it can be told from the event that it fell into.
 */
import { Agent } from "undici";

export interface SteadyLoadOptions {
  readonly urls: readonly string[];
  readonly ratePerSecond: number;
  /**
   * never = an answer or a failure; refused = a connection that is refused sends nothing, and the client takes the next address;
   * once = whatever broke is sent once more, to the next address.
   */
  readonly goOn?: "never" | "refused" | "once";
}

export interface FailedRequest {
  readonly url: string;
  readonly sentAtMs: number;
  readonly failedAtMs: number;
  /** undefined = no answer at all. */
  readonly status: number | undefined;
  readonly reason: string;
}

export interface SteadyLoadResult {
  readonly sent: number;
  readonly failed: readonly FailedRequest[];
  /** Requests that went on to another address. */
  readonly moved: number;
  readonly longestMs: number;
  readonly latenciesMs: readonly number[];
  /** Wall-clock time and body of each answer, in order of arrival. */
  readonly answers: readonly { readonly atMs: number; readonly body: string }[];
}

export interface SteadyLoad {
  stop(): Promise<SteadyLoadResult>;
}

const requestTimeoutMs = 60_000;

export function startSteadyLoad(options: SteadyLoadOptions): SteadyLoad {
  const dispatcher = new Agent({ connections: 64, pipelining: 1, headersTimeout: requestTimeoutMs });
  const failed: FailedRequest[] = [];
  const answers: { atMs: number; body: string }[] = [];
  const latenciesMs: number[] = [];
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let moved = 0;
  let isStopped = false;

  const ask = async (first: number, triesLeft: number, sentAtMs: number): Promise<void> => {
    const target = options.urls[first % options.urls.length] ?? "";
    const url = new URL(target);
    const result = await send(dispatcher, url);
    if (result.status === 200) {
      latenciesMs.push(Date.now() - sentAtMs);
      answers.push({ atMs: Date.now(), body: result.body });
      return;
    }
    const mayGoOn =
      triesLeft > 0 &&
      result.status === undefined &&
      (options.goOn === "once" || (options.goOn === "refused" && result.code === "ECONNREFUSED"));
    if (mayGoOn) {
      moved += 1;
      return ask(first + 1, triesLeft - 1, sentAtMs);
    }
    failed.push({ url: target, sentAtMs, failedAtMs: Date.now(), status: result.status, reason: result.body });
  };

  const run = async (): Promise<void> => {
    const start = performance.now();
    let dueMs = 0;
    while (!isStopped) {
      dueMs += (-Math.log(1 - Math.random()) * 1000) / options.ratePerSecond;
      const aheadMs = dueMs - (performance.now() - start);
      if (aheadMs > 1) await new Promise<void>((resolve) => setTimeout(resolve, aheadMs));
      const one: Promise<void> = ask(sent, 1, Date.now()).finally(() => pending.delete(one));
      pending.add(one);
      sent += 1;
    }
  };
  const running = run();
  return {
    stop: async () => {
      isStopped = true;
      await running;
      await Promise.all(pending);
      await dispatcher.close();
      return { sent, failed, moved, longestMs: Math.max(0, ...latenciesMs), latenciesMs, answers };
    },
  };
}

async function send(
  dispatcher: Agent,
  url: URL,
): Promise<{ readonly status: number | undefined; readonly body: string; readonly code?: string }> {
  try {
    const { statusCode, body } = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "GET",
    });
    return { status: statusCode, body: await body.text() };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { status: undefined, body: `${code} ${error instanceof Error ? error.message : String(error)}`, code };
  }
}

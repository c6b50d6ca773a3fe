/**
 * Safe and unsafe requests side by side in an open loop, each with an id of its own that the server writes down: so that for every
 * failed one it can be told afterwards whether it was being executed.
 */
import { Agent } from "undici";

export interface MixedRequest {
  readonly id: string;
  readonly isSafe: boolean;
  readonly sentAtMs: number;
  /** undefined = no answer at all. */
  readonly status: number | undefined;
  /** Body of an answer that is not 200; what broke when there is none. */
  readonly reason: string;
  readonly contentType: string;
}

export interface MixedLoadOptions {
  /** Address of one request. */
  readonly urlOf: (id: string) => string;
  readonly safePerSecond: number;
  readonly unsafePerSecond: number;
  readonly durationMs: number;
  readonly random: () => number;
}

export async function runMixedLoad(options: MixedLoadOptions): Promise<readonly MixedRequest[]> {
  const dispatcher = new Agent({ connections: 256, pipelining: 1 });
  const start = performance.now();
  const pending: Promise<MixedRequest>[] = [];
  const stream = async (isSafe: boolean, ratePerSecond: number): Promise<void> => {
    let dueMs = 0;
    for (let count = 0; ; count += 1) {
      dueMs += (-Math.log(1 - options.random()) * 1000) / ratePerSecond;
      if (dueMs > options.durationMs) return;
      const aheadMs = dueMs - (performance.now() - start);
      if (aheadMs > 1) await new Promise<void>((resolve) => setTimeout(resolve, aheadMs));
      pending.push(send(dispatcher, options, `${isSafe ? "safe" : "unsafe"}-${String(count)}`, isSafe));
    }
  };
  await Promise.all([stream(true, options.safePerSecond), stream(false, options.unsafePerSecond)]);
  const requests = await Promise.all(pending);
  await dispatcher.close();
  return requests;
}

async function send(
  dispatcher: Agent,
  { urlOf }: MixedLoadOptions,
  id: string,
  isSafe: boolean,
): Promise<MixedRequest> {
  const sentAtMs = Date.now();
  const url = new URL(urlOf(id));
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: isSafe ? "GET" : "POST",
      body: isSafe ? null : "x",
    });
    const text = await body.text();
    const contentType = String(headers["content-type"] ?? "");
    return { id, isSafe, sentAtMs, status: statusCode, reason: statusCode === 200 ? "" : text, contentType };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id, isSafe, sentAtMs, status: undefined, reason, contentType: "" };
  }
}

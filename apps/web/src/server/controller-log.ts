/** Reads a log from the controller as it comes. Not by fetch: that gives up on a log without news after five minutes. */
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { controllerPaths, Problem } from "@sluice/contracts";
import type { LogAnswer, LogCall } from "@sluice/api";

/** Longer than the controller waits for a node. */
const headTimeoutMs = 10_000;

export async function readControllerLog(
  address: string,
  secret: string,
  call: LogCall,
  signal: AbortSignal,
): Promise<LogAnswer> {
  try {
    const response = await open(urlOf(address, call), secret, signal);
    if (response.statusCode === 200) return { ok: true, body: webStreamOf(response) };
    const problem = Problem.safeParse(JSON.parse(await text(response)));
    const reason = problem.success ? problem.data.detail : `The controller answered ${response.statusCode ?? 0}.`;
    return { ok: false, status: response.statusCode ?? 503, reason };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const reason = isLate ? "The controller did not answer in time." : "The controller cannot be reached.";
    return { ok: false, status: 503, reason };
  }
}

function urlOf(address: string, { replicaId, rank, stream, sinceMs, tailBytes, follow }: LogCall): URL {
  const url = new URL(`${controllerPaths.replicas}/${encodeURIComponent(replicaId)}/logs`, address);
  url.searchParams.set("rank", String(rank));
  url.searchParams.set("stream", stream);
  url.searchParams.set("follow", String(follow));
  if (sinceMs !== null) url.searchParams.set("since_ms", String(sinceMs));
  if (tailBytes !== null) url.searchParams.set("tail_bytes", String(tailBytes));
  return url;
}

/** Resolves with the head. The signal also ends what comes after it. */
function open(url: URL, secret: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { headers: { authorization: `Bearer ${secret}` }, signal, agent: false });
    const timer = setTimeout(() => {
      sent.destroy(Object.assign(new Error("no answer"), { name: "TimeoutError" }));
    }, headTimeoutMs);
    sent.once("error", reject);
    sent.once("close", () => clearTimeout(timer));
    sent.once("response", (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    sent.end();
  });
}

/** Cancelled when the reader goes: the connection to the controller ends with it. */
function webStreamOf(response: IncomingMessage): ReadableStream<Uint8Array> {
  const stream: unknown = Readable.toWeb(response);
  return stream as ReadableStream<Uint8Array>;
}

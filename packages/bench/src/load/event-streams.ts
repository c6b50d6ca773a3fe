/**
 * Clients of server-sent events, on Node's own HTTP client. Not wrk: it sees an answer only when it is complete, and what a
 * stream is for is its first token. The parser is C, and counting marks costs little beside making and relaying them.
 */
import { Agent, get } from "node:http";

export interface StreamResult {
  readonly tokensPerSecond: number;
  /** Milliseconds from sending a request to its first token. */
  readonly firstTokenMs: readonly number[];
  /** Streams that broke, were not 200, or did not have all their tokens. */
  readonly errors: number;
}

export interface StreamOptions {
  readonly url: string;
  readonly clients: number;
  readonly tokens: number;
  readonly durationMs: number;
}

interface OneStream {
  readonly firstTokenMs: number;
  readonly tokens: number;
  readonly isOk: boolean;
}

/** Each client reads one stream after the other until the time is over; streams that have begun are read to their end. */
export async function runEventStreams(options: StreamOptions): Promise<StreamResult> {
  const start = performance.now();
  const streams: OneStream[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: options.clients });
  const client = async (): Promise<void> => {
    while (performance.now() - start < options.durationMs) {
      const stream = await readStream(options.url, agent);
      streams.push(stream);
      if (!stream.isOk) return;
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  agent.destroy();
  const seconds = (performance.now() - start) / 1000;
  const complete = streams.filter(({ isOk, tokens }) => isOk && tokens === options.tokens);
  return {
    tokensPerSecond: (complete.length * options.tokens) / seconds,
    firstTokenMs: complete.map(({ firstTokenMs }) => firstTokenMs),
    errors: streams.length - complete.length,
  };
}

async function readStream(url: string, agent: Agent): Promise<OneStream> {
  return new Promise((resolve) => {
    const sentAt = performance.now();
    let firstTokenMs = Number.NaN;
    let tokens = 0;
    let tail = "";
    const request = get(url, { agent, headers: { accept: "text/event-stream" } }, (response) => {
      response.setEncoding("latin1");
      response.on("data", (text: string) => {
        const joined = tail + text;
        const found = countTokens(joined);
        if (found > 0 && tokens === 0) firstTokenMs = performance.now() - sentAt;
        tokens += found;
        tail = joined.slice(1 - marker.length);
      });
      response.on("error", () => resolve({ firstTokenMs, tokens, isOk: false }));
      response.on("end", () => resolve({ firstTokenMs, tokens, isOk: response.statusCode === 200 }));
    });
    request.on("error", () => resolve({ firstTokenMs, tokens, isOk: false }));
  });
}

const marker = "data: token ";

function countTokens(text: string): number {
  let count = 0;
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length)) count += 1;
  return count;
}

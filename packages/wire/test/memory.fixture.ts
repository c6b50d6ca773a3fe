/**
 * A replica or a caller in a process of its own that watches its memory. Arguments: `serve` or `call`, socket path.
 * `serve`: `sink` counts the body, `source` sends as many bytes as the sticky key says, `stuck` reads nothing. `call` runs the transfers it is told over IPC.
 */
import { Encoding, callHead, connectWire, resultHead, serveWire } from "../src/index.ts";
import type { ClientConnection, WireRequest } from "../src/index.ts";

export type MemoryReport = {
  readonly bytes: number;
  readonly rssGrowthBytes: number;
  readonly externalGrowthBytes: number;
};

export type TransferOrder = { readonly what: "up" | "down"; readonly bytes: number; readonly readDelayMs: number };

const chunk = Buffer.alloc(50_000, "x");
const ok = resultHead({ encoding: Encoding.bytes });
const [role = "", path = ""] = process.argv.slice(2);

let base = process.memoryUsage();
let peakRss = 0;
let peakExternal = 0;
/**
 * What is held, not what V8 has not collected yet: it lets some 30 MB of read buffers lie before it looks. Needs --expose-gc.
 */
function sample(): void {
  globalThis.gc?.();
  const { rss, external } = process.memoryUsage();
  peakRss = Math.max(peakRss, rss);
  peakExternal = Math.max(peakExternal, external);
}
function restart(): void {
  globalThis.gc?.();
  base = process.memoryUsage();
  peakRss = 0;
  peakExternal = 0;
}
const report = (bytes: number): MemoryReport => ({
  bytes,
  rssGrowthBytes: peakRss - base.rss,
  externalGrowthBytes: peakExternal - base.external,
});
setInterval(sample, 250).unref();
process.once("disconnect", () => process.exit(0));

if (role === "serve") await serve();
else if (role === "call") await call();

async function serve(): Promise<void> {
  await serveWire({ kind: "unix", path }, (request) => {
    const { method } = request.head;
    if (method === "sink") void sink(request);
    else if (method === "source") void source(request);
    else if (method === "report") request.respond(ok, Buffer.from(JSON.stringify(report(0))));
    else if (method === "restart") {
      restart();
      request.respond(ok);
    }
  });
  process.send?.("ready");
}

async function sink(request: WireRequest): Promise<void> {
  let bytes = 0;
  for await (const piece of request.body) bytes += piece.length;
  request.respond(ok, Buffer.from(String(bytes)));
}

async function source(request: WireRequest): Promise<void> {
  const bytes = Number(request.head.stickyKey);
  request.startResponse(ok);
  for (let sent = 0; sent < bytes && request.gone === undefined; sent += chunk.length) {
    if (!request.write(chunk)) await request.drained();
  }
  request.end();
}

async function call(): Promise<void> {
  const connection = await connectWire({ kind: "unix", path });
  process.on("message", ({ what, bytes, readDelayMs }: TransferOrder) => {
    const run = what === "up" ? upload(connection, bytes) : download(connection, bytes, readDelayMs);
    void run.then((moved) => process.send?.(report(moved)));
  });
  process.send?.("ready");
}

async function upload(connection: ClientConnection, bytes: number): Promise<number> {
  restart();
  return new Promise((resolve, reject) => {
    let answer = "";
    const stream = connection.openRequest(callHead({ method: "sink", encoding: Encoding.bytes }), {
      onHead: (_head, inlineBody) => (answer += inlineBody.toString()),
      onData: (piece) => {
        answer += piece.toString();
        return true;
      },
      onEnd: () => {
        resolve(Number(answer));
      },
      onReject: () => {
        reject(new Error("rejected"));
      },
      onError: reject,
    });
    void (async () => {
      for (let sent = 0; sent < bytes; sent += chunk.length) if (!stream.write(chunk)) await stream.drained();
      stream.end();
    })();
  });
}

/** Takes a pause after each piece; at 1 ms and pieces of 64 KiB that is far slower than the other side sends. */
async function download(connection: ClientConnection, wanted: number, readDelayMs: number): Promise<number> {
  restart();
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const stream = connection.request(
      callHead({ method: "source", stickyKey: String(wanted), encoding: Encoding.bytes }),
      undefined,
      {
        onHead: (_head, inlineBody) => (bytes += inlineBody.length),
        onData: (piece) => {
          bytes += piece.length;
          if (readDelayMs === 0) return true;
          setTimeout(() => {
            stream.consumed(piece.length);
          }, readDelayMs);
          return false;
        },
        onEnd: () => {
          resolve(bytes);
        },
        onReject: () => {
          reject(new Error("rejected"));
        },
        onError: reject,
      },
    );
  });
}

/** A replica in a process of its own, for tests that kill, stop or measure. Forked with a socket's path; says "ready". */
import { writeFileSync } from "node:fs";
import { httpResponseHead, serveWire, type WireRequest } from "@sluice/wire";

const [path = "", name = ""] = process.argv.slice(2);
await serveWire(
  { kind: "unix", path },
  (request) => request.onceTaken(() => void answer(request).catch(() => undefined)),
  { saysTaken: true },
);
process.send?.("ready");

/**
 * `/app/bytes/N` sends N bytes at the reader's pace, `/app/sink` counts what it gets, `/app/wait/N` takes N ms, `/app/hold` never gives
 * the process back once the file `<socket>.held` is there; else its name.
 */
async function answer(request: WireRequest): Promise<void> {
  if (request.head.kind !== "http") return;
  const [, , verb = "", argument = ""] = request.head.target.split("/");
  if (verb === "bytes") return sendBytes(request, Number(argument));
  if (verb === "sink") {
    let received = 0;
    for await (const piece of request.body) received += piece.length;
    return request.respond(httpResponseHead(200), Buffer.from(String(received)));
  }
  if (verb === "hold") {
    writeFileSync(`${path}.held`, "");
    for (;;);
  }
  if (verb === "wait") await new Promise<void>((resolve) => setTimeout(resolve, Number(argument)));
  request.respond(httpResponseHead(200), Buffer.from(name));
}

async function sendBytes(request: WireRequest, bytes: number): Promise<void> {
  request.startResponse(httpResponseHead(200, ["content-length", String(bytes)]));
  const piece = Buffer.alloc(65_536, "x");
  for (let left = bytes; left > 0; left -= piece.length) {
    if (!request.write(left < piece.length ? piece.subarray(0, left) : piece)) await request.drained();
  }
  request.end();
}

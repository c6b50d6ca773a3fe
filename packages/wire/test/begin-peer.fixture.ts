/**
 * A replica in a process of its own that writes down what it begins: a synchronous write to a file survives the process.
 * Arguments: socket path, file.
 */
import { appendFileSync } from "node:fs";
import { Encoding, resultHead, serveWire } from "../src/index.ts";
import type { WireRequest } from "../src/index.ts";

const [path = "", journal = ""] = process.argv.slice(2);

function begin(request: WireRequest): void {
  const { requestId, method } = request.head;
  appendFileSync(journal, `${requestId}\n`);
  const head = resultHead({ encoding: Encoding.bytes });
  // Holds the loop, so that what was sent meanwhile lies unread.
  const untilMs = performance.now() + (method === "hold" ? Infinity : method === "brief" ? 3 : 0);
  if (method === "answer-then-hold") {
    request.respond(head, Buffer.from(requestId));
    request.connection.writer.flush();
    for (;;);
  }
  while (performance.now() < untilMs);
  if (method !== "silent") setTimeout(() => request.respond(head, Buffer.from(requestId)), 1);
}

await serveWire({ kind: "unix", path }, (request) => request.onceTaken(() => begin(request)), { saysTaken: true });
process.send?.("listening");
process.once("disconnect", () => process.exit(0));

/** A replica in a process of its own, for tests that stop or kill it. First argument: socket path. */
import { Encoding, resultHead, serveWire } from "../src/index.ts";

const [path = ""] = process.argv.slice(2);
await serveWire({ kind: "unix", path }, (request) => {
  const head = resultHead({ encoding: Encoding.bytes });
  if (request.head.method === "echo") request.respond(head, request.wholeBody);
  if (request.head.method === "half") {
    request.startResponse(head);
    request.write(Buffer.from("half"));
  }
  if (request.head.method === "exit") process.exit(1);
});
process.send?.("listening");
process.once("disconnect", () => process.exit(0));

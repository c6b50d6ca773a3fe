/** The bare Node HTTP server that the gateway is measured beside: the same answer, no routing, no replica. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const body = JSON.stringify({ message: "Hello from Sluice!" });
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`));

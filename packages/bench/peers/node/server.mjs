/**
 * The bare Node HTTP server that everything is measured beside: the same answers as the other sides, no routing, no replica.
 * Prints its port. Plain JavaScript, so that no loader is in its process.
 */
import { createServer } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";

const hello = Buffer.from(JSON.stringify({ message: "Hello from Sluice!" }));
/** @type {Map<number, Buffer>} */
const made = new Map();
const tokens = 200;

/** @param {import("node:http").ServerResponse} response @param {Buffer} body @param {string} type */
function answer(response, body, type) {
  response.writeHead(200, { "content-type": type, "content-length": body.length });
  response.end(body);
}

/** @param {URL} url @param {import("node:http").ServerResponse} response */
function download(url, response) {
  const bytes = Number(url.searchParams.get("bytes"));
  const body = made.get(bytes) ?? Buffer.alloc(bytes, "x");
  made.set(bytes, body);
  answer(response, body, "application/octet-stream");
}

/** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
function upload(request, response) {
  let received = 0;
  request.on("data", (/** @type {Buffer} */ chunk) => (received += chunk.length));
  request.on("end", () => answer(response, Buffer.from(String(received)), "text/plain"));
}

/** Each token in its own turn of the event loop. @param {import("node:http").ServerResponse} response */
async function stream(response) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let index = 0; index < tokens; index += 1) {
    response.write(`data: token ${index}\n\n`);
    await nextTurn();
  }
  response.end();
}

const server = createServer((request, response) => {
  if (request.url === "/noop") return answer(response, hello, "application/json");
  if (request.method === "POST") return upload(request, response);
  if (request.url === "/stream") return void stream(response);
  return download(new URL(request.url ?? "/", "http://localhost"), response);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});

/** A program as users bring it: HTTP on PORT, one behaviour per path. MODE makes its start or its end misbehave. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";

const mode = process.env.MODE ?? "";
const port = Number(process.env.PORT);

if (mode === "crash at start") {
  console.error("loading weights\nFileNotFoundError: weights.bin");
  process.exit(5);
}
if (mode === "ignores SIGTERM") process.on("SIGTERM", () => console.log("SIGTERM ignored"));
else if (mode === "ends in order") {
  process.on("SIGTERM", () => {
    console.log("ended in order");
    process.exit(0);
  });
}

const json = (answer, value) => {
  const body = Buffer.from(JSON.stringify(value));
  answer.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
};

const paths = {
  "/health": (_, answer) => (mode === "unhealthy" ? answer.writeHead(503).end() : json(answer, "well")),
  "/echo": (request, answer) => json(answer, { method: request.method, url: request.url, raw: request.rawHeaders }),
  "/env": (_, answer) => json(answer, process.env),
  "/argv": (_, answer) => json(answer, process.argv.slice(2)),
  "/upload": (request, answer) => {
    let bytes = 0;
    request.on("data", (chunk) => (bytes += chunk.length)).on("end", () => json(answer, { bytes }));
  },
  "/upload-slow": (request, answer) => {
    let bytes = 0;
    request.on("data", (chunk) => {
      bytes += chunk.length;
      request.pause();
      setTimeout(() => request.resume(), 2);
    });
    request.on("end", () => json(answer, { bytes }));
  },
  "/download": async (request, answer) => {
    const wanted = Number(new URL(request.url, "http://x").searchParams.get("bytes"));
    const chunk = Buffer.alloc(65_536, 97);
    answer.writeHead(200, { "content-length": wanted });
    for (let sent = 0; sent < wanted; sent += chunk.length) {
      if (!answer.write(chunk.subarray(0, Math.min(chunk.length, wanted - sent))))
        await new Promise((resolve) => answer.once("drain", resolve));
    }
    answer.end();
  },
  "/events": async (request, answer) => {
    answer.writeHead(200, { "content-type": "text/event-stream" });
    // Each event only after the one before was asked for, so that nothing could be held back.
    const next = (number) => answer.write(`data: ${number}\n\n`);
    waiting.push(next);
    next(0);
    request.on("close", () => console.log("events closed"));
  },
  "/next-event": (request, answer) => {
    for (const next of waiting) next(Number(new URL(request.url, "http://x").searchParams.get("n")));
    json(answer, waiting.length);
  },
  "/wait": (request) => {
    console.log("waiting");
    request.on("close", () => console.log("request aborted"));
  },
  "/garbage": (request) => request.socket.end("this is not HTTP at all\r\n\r\n"),
  "/bad-length": (request) => request.socket.end("HTTP/1.1 200 OK\r\ncontent-length: -7\r\n\r\nhello"),
  "/half": (request) => request.socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello"),
  "/half-stream": (request, answer) => {
    answer.write("x".repeat(70_000));
    setTimeout(() => request.socket.destroy(), 50);
  },
  "/early": (request, answer) => answer.writeHead(413, { connection: "close" }).end("too much"),
  "/close": (request) => request.socket.destroy(),
  "/cookies": (_, answer) => {
    answer.setHeader("set-cookie", ["a=1", "b=2"]);
    answer.writeHead(201, { connection: "keep-alive, x-hop", "x-hop": "1", "x-kept": "2" }).end("made");
  },
  "/nothing": (_, answer) => answer.writeHead(204).end(),
  "/crash": () => {
    console.error("RuntimeError: the model is broken");
    process.exit(3);
  },
  "/stop": (_, answer) => {
    json(answer, "stopping");
    setTimeout(() => process.kill(process.pid, "SIGSTOP"), 50);
  },
  "/log": (_, answer) => {
    console.log("a line on standard output");
    console.error("a line on standard error");
    json(answer, "logged");
  },
  "/spawn": (_, answer) => {
    const inSession = spawn("sleep", ["300"], { stdio: "ignore" });
    const strayed = spawn("sleep", ["300"], { stdio: "ignore", detached: true });
    json(answer, [inSession.pid, strayed.pid]);
  },
};
const waiting = [];

const server = createServer((request, answer) => {
  const path = new URL(request.url, "http://x").pathname.replace(/^\/app/, "");
  const handle = paths[path];
  if (handle === undefined) answer.writeHead(404).end(`no ${path}`);
  else handle(request, answer);
});
server.on("upgrade", (request, socket) => {
  if (request.url.endsWith("/refused")) {
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno");
    return;
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${request.headers.upgrade}\r\n\r\nhello `,
  );
  socket.pipe(socket);
});

if (mode === "never listens") setInterval(() => undefined, 1_000);
else if (mode === "wrong port") server.listen(0, "127.0.0.1");
else server.listen(port, "127.0.0.1");

/** The least a program can do: read the request, answer a few bytes. */
import { createServer } from "node:http";

const body = Buffer.from('{"message":"hello"}');
createServer((request, answer) => {
  request.resume().on("end", () => {
    answer.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");

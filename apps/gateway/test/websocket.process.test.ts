import { createHash } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { Duplex } from "node:stream";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The far end of the tunnel: bytes of the request's body in, bytes of the answer's body out. */
function tunnelOf(request: WireRequest): Duplex {
  return new Duplex({
    read() {
      request.body.read().then(
        (piece) => this.push(piece ?? null),
        () => this.destroy(),
      );
    },
    write(chunk: Buffer, _encoding, done) {
      if (request.write(chunk)) done();
      else void request.drained().then(() => done());
    },
    final(done) {
      request.end();
      done();
    },
  });
}

describe("a WebSocket through the gateway", () => {
  let fixture: GatewayFixture;
  let refuses = false;
  let gone = 0;
  beforeAll(async () => {
    fixture = await GatewayFixture.start({ requestTimeoutMs: 500 });
    const replica = await fixture.addReplica("one", (request) => {
      if (request.head.kind !== "http") return;
      const { headers } = request.head;
      const valueOf = (name: string) => headers.find((_, at) => at % 2 === 1 && headers[at - 1] === name) ?? "";
      const key = valueOf("sec-websocket-key");
      if (refuses || valueOf("upgrade") !== "websocket") {
        return request.respond(httpResponseHead(403, ["content-type", "text/plain"]), Buffer.from("no"));
      }
      const accept = createHash("sha1")
        .update(key + magic)
        .digest("base64");
      request.startResponse(httpResponseHead(101, ["sec-websocket-accept", accept]));
      const socket = new WebSocket(null as unknown as string, undefined, { isServer: true } as object) as WebSocket & {
        setSocket(stream: Duplex, head: Buffer, options: object): void;
      };
      socket.setSocket(tunnelOf(request), Buffer.alloc(0), { maxPayload: 100_000_000, skipUTF8Validation: false });
      socket.on("close", () => (gone += 1));
      socket.on("message", (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await fixture.route(fixture.slice([replica]));
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`${fixture.url.replace("http", "ws")}/app/chat`);
    await once(socket, "open");
    return socket;
  };

  it("carries messages both ways, also long after the limit for answers", async () => {
    const socket = await open();
    for (const message of ["one", "x".repeat(2_000_000)]) {
      socket.send(message);
      const [data] = (await once(socket, "message")) as [Buffer];
      expect(data.toString()).toBe(message);
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
    socket.send("still here");
    const [data] = (await once(socket, "message")) as [Buffer];
    expect(data.toString()).toBe("still here");
    socket.close(1000);
    await once(socket, "close");
  });

  it("tells the replica when the client is gone", async () => {
    const before = gone;
    const socket = await open();
    socket.terminate();
    await eventually(() => gone === before + 1);
  });

  it("counts the agreement as the request's latency, and leaving as no error", async () => {
    const scrape = await (await fetch(`${fixture.url}/-/metrics`)).text();
    expect(scrape).toMatch(/ray_serve_num_http_requests_total\{[^}]*status_code="101"\} 2/);
    expect(scrape).not.toContain('status_code="499"');
  });

  it("passes a refusal on as the answer it is", async () => {
    refuses = true;
    const socket = new WebSocket(`${fixture.url.replace("http", "ws")}/app/chat`);
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("403");
    refuses = false;
  });
});

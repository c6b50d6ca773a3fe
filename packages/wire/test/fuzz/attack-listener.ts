import { CancelCode, Encoding, RejectCode, httpResponseHead, resultHead } from "../../src/index.ts";
import type { WireError, WireRequest } from "../../src/index.ts";
import { Capability } from "../../src/frame-types.ts";
import { defaultLinkOptions } from "../../src/link-options.ts";
import type { LinkOffer, LinkOptions } from "../../src/link-options.ts";
import { ServerConnection } from "../../src/server-connection.ts";
import { checkOutput, turn, turnUntil } from "./check-output.ts";
import { MemorySocket } from "./memory-socket.ts";
import { cut, mutate } from "./mutate.ts";
import { conversation, encodeAll, randomFrame } from "./random-frames.ts";
import type { Random } from "./random.ts";

/** Throws when the listening side does anything else than serve what makes sense and close on what does not. */
export async function attackListener(random: Random): Promise<string> {
  const socket = new MemorySocket();
  const requests: WireRequest[] = [];
  let closedTimes = 0;
  const options = attackedOptions(random);
  const connection = new ServerConnection(
    socket.asSocket,
    options,
    (request) => {
      requests.push(request);
      let settled = 0;
      const settle = (): void => {
        settled += 1;
        if (settled > 1) throw new Error("a request began and was lost as well");
      };
      request.onceTaken(() => {
        settle();
        answer(request, random);
      }, settle);
    },
    { onConnectionClosed: () => (closedTimes += 1) },
  );
  const outcome: { error: WireError | undefined }[] = [];
  void connection.closed.then((error) => outcome.push({ error }));

  const frames = random.chance(0.6)
    ? encodeAll(conversation(random, "dialler"))
    : encodeAll([
        ...conversation(random, "dialler").slice(0, 1 + random.below(3)),
        ...Array.from({ length: 1 + random.below(12) }, () => randomFrame(random, "dialler", 8)),
      ]);
  const { how, bytes } = mutate(random, frames);
  if (random.chance(0.1)) socket.isStalled = true;
  for (const chunk of cut(random, bytes)) {
    socket.receive(chunk);
    if (random.chance(0.3)) await turn();
    if (random.chance(0.02)) connection.sendModels(["a", "b"]);
    if (random.chance(0.02)) connection.sendSlot({ ongoing: 1, max: 2 });
    if (random.chance(0.01)) void connection.drain(random.below(5));
  }
  await turn();
  if (connection.unsentBytes > options.maxUnsentBytes + 2_000_000)
    throw new Error("more waits for the peer than allowed");
  if (random.chance(0.5)) socket.unstall();
  if (random.chance(0.7)) socket.receiveEnd();
  await turn();
  connection.destroy();
  await turnUntil("closed", () => outcome.length === 1);
  socket.receiveEnd();
  socket.destroy();
  await turn();
  if (closedTimes !== 1) throw new Error(`told ${String(closedTimes)} times that the connection is closed`);
  if (connection.openStreams !== 0) throw new Error(`${String(connection.openStreams)} streams left`);
  if (requests.some((request) => request.isOpen)) throw new Error("a request is open on a closed connection");
  if (connection.credit.blocked.size !== 0) throw new Error("a stream still waits for credit");
  checkOutput(socket, outcome[0]?.error, "WELCOME");
  return how;
}

export function attackedOptions(random: Random): LinkOptions & LinkOffer {
  return {
    ...defaultLinkOptions,
    capabilities: random.oneOf([0, Capability.taken]),
    streamWindowBytes: random.oneOf([0, 10, 1_000, 262_144]),
    connectionWindowBytes: random.oneOf([0, 100, 10_000, 67_108_864]),
    maxStreams: random.oneOf([0, 2, 65_536]),
    maxUnsentBytes: random.oneOf([100, 100_000, 8_388_608]),
  };
}

const ok = resultHead({ encoding: Encoding.bytes });

function answer(request: WireRequest, random: Random): void {
  const head = request.head.kind === "http" ? httpResponseHead(200, ["x", "y"]) : ok;
  switch (request.head.method) {
    case "echo":
      request.respond(head, request.wholeBody);
      return;
    case "later":
      setImmediate(() => {
        request.respond(head, Buffer.from("late"));
      });
      return;
    case "stream":
      request.startResponse(head);
      for (let left = 5; left > 0; left -= 1) request.write(Buffer.alloc(random.below(3_000)));
      setImmediate(() => {
        request.end(Buffer.from("end"));
      });
      return;
    case "large":
      request.respond(head, Buffer.alloc(300_000));
      return;
    case "trailers":
      request.startResponse(head);
      request.write(Buffer.from("some"));
      request.endWithTrailers({ headers: ["a", "b"] });
      return;
    case "reject":
      request.reject(1, 1, RejectCode.atCapacity);
      return;
    case "cancel":
      request.cancel(CancelCode.failed, "broke");
      return;
    case "throw":
      throw new Error("the handler's own fault");
    case "read":
      request.readBody(20_000).then(
        (body) => {
          request.respond(head, body);
        },
        () => {
          request.cancel(CancelCode.failed);
        },
      );
      return;
    default:
      request.onCancel(() => undefined);
  }
}

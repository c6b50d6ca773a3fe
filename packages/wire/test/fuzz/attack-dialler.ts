import { CancelCode, callHead, httpRequestHead } from "../../src/index.ts";
import type { AnswerEvents, ClientStream, WireError } from "../../src/index.ts";
import { ClientConnection } from "../../src/client-connection.ts";
import { WireError as WireErrorClass } from "../../src/wire-error.ts";
import { attackedOptions } from "./attack-listener.ts";
import { checkOutput, turn, turnUntil } from "./check-output.ts";
import { MemorySocket } from "./memory-socket.ts";
import { cut, mutate } from "./mutate.ts";
import { conversation, encodeAll, methods, randomFrame } from "./random-frames.ts";
import type { Random } from "./random.ts";

/** One request of ours, and what must hold for its events. */
class Sent implements AnswerEvents {
  stream: ClientStream | undefined;
  #hasHead = false;
  #isOver = false;
  #isGivenUp = false;
  readonly #isSlow: boolean;

  constructor(isSlow: boolean) {
    this.#isSlow = isSlow;
  }

  get isSettled(): boolean {
    return this.#isOver || this.#isGivenUp;
  }

  giveUp(): void {
    if (this.isSettled) return;
    this.#isGivenUp = true;
    this.stream?.cancel(CancelCode.callerGone, "given up");
  }

  onHead(): void {
    this.#check("head");
    if (this.#hasHead) throw new Error("two heads");
    this.#hasHead = true;
  }

  onData(chunk: Buffer): boolean {
    this.#check("data");
    if (!this.#hasHead) throw new Error("data before the head");
    if (this.#isSlow) setImmediate(() => this.stream?.consumed(chunk.length));
    return !this.#isSlow;
  }

  onEnd(): void {
    this.#end("end");
    if (!this.#hasHead) throw new Error("end before the head");
  }

  onReject(): void {
    this.#end("reject");
    if (this.#hasHead) throw new Error("rejected after the head");
  }

  onError(error: WireError): void {
    this.#end("error");
    if (error.message === "") throw new Error("an error without a text");
  }

  #end(what: string): void {
    this.#check(what);
    this.#isOver = true;
  }

  #check(what: string): void {
    // Thrown where the connection would catch it; kept so that nothing swallows it.
    if (this.#isOver || this.#isGivenUp) faults.push(`${what} after the end of a request`);
  }
}

/** What callbacks found, since what they throw ends the connection and not the attack. */
const faults: string[] = [];

/** Throws when the dialling side does anything else than use answers that make sense and close on what does not. */
export async function attackDialler(random: Random): Promise<string> {
  faults.length = 0;
  const socket = new MemorySocket();
  const sent: Sent[] = [];
  let readyTimes = 0;
  let closedTimes = 0;
  const send = (): void => {
    try {
      sent.push(sendOne(connection, random));
    } catch (error) {
      if (!(error instanceof WireErrorClass) || error.outcome !== "safe") throw error;
    }
  };
  const connection: ClientConnection = new ClientConnection(
    socket.asSocket,
    attackedOptions(random),
    {
      onModels: () => undefined,
      onClose: () => (closedTimes += 1),
      onGoaway: () => undefined,
      ...(random.chance(0.5) ? { onSlot: () => send() } : {}),
    },
    1,
    (error) => {
      readyTimes += 1;
      if (error === undefined) for (let left = random.below(6); left > 0; left -= 1) send();
    },
  );
  const outcome: { error: WireError | undefined }[] = [];
  void connection.closed.then((error) => outcome.push({ error }));

  const frames = random.chance(0.6)
    ? encodeAll(conversation(random, "listener"))
    : encodeAll([
        ...conversation(random, "listener").slice(0, 1 + random.below(3)),
        ...Array.from({ length: 1 + random.below(12) }, () => randomFrame(random, "listener", 8)),
      ]);
  const { how, bytes } = mutate(random, frames);
  if (random.chance(0.1)) socket.isStalled = true;
  for (const chunk of cut(random, bytes)) {
    socket.receive(chunk);
    if (random.chance(0.3)) await turn();
    if (random.chance(0.05) && sent.length > 0) random.oneOf(sent).giveUp();
    if (random.chance(0.05)) send();
    if (random.chance(0.01)) void connection.drain(random.below(5));
  }
  await turn();
  if (random.chance(0.5)) socket.unstall();
  if (random.chance(0.7)) socket.receiveEnd();
  await turn();
  connection.destroy();
  await turnUntil("closed", () => outcome.length === 1);
  socket.receiveEnd();
  socket.destroy();
  await turn();
  const wasReady = connection.peer !== undefined;
  if (readyTimes !== (wasReady ? 2 : 1)) throw new Error(`told ${String(readyTimes)} times how the handshake went`);
  if (closedTimes !== (wasReady ? 1 : 0)) throw new Error(`told ${String(closedTimes)} times that it is closed`);
  if (connection.openStreams !== 0) throw new Error(`${String(connection.openStreams)} streams left`);
  if (sent.some((one) => !one.isSettled)) throw new Error("a request never came to an end");
  if (connection.credit.blocked.size !== 0) throw new Error("a stream still waits for credit");
  if (faults.length > 0) throw new Error(faults.join("; "));
  const { error } = outcome[0] ?? {};
  if (error?.code === "internal" && error.cause !== undefined)
    throw new Error("a callback threw", { cause: error.cause });
  checkOutput(socket, error, "HELLO");
  return how;
}

function sendOne(connection: ClientConnection, random: Random): Sent {
  const one = new Sent(random.chance(0.3));
  const deadlineMs = random.chance(0.9) ? 0 : 1;
  const method = random.oneOf(methods);
  const head = random.chance(0.5)
    ? callHead({ method, encoding: 3, deadlineMs })
    : httpRequestHead({ method, target: "/", deadlineMs });
  const body = Buffer.alloc(random.oneOf([0, 10, 100_000, 400_000]));
  if (random.chance(0.7)) one.stream = connection.request(head, body, one);
  else {
    one.stream = connection.openRequest(head, one);
    one.stream.write(body);
    const { stream } = one;
    setImmediate(() => {
      stream.end(Buffer.from("end"));
    });
  }
  return one;
}

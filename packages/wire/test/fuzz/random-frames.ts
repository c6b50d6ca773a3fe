import { encodeGoldenFrame } from "../../golden/frame-codec.ts";
import type { GoldenFrame } from "../../golden/frame-codec.ts";
import { callHead, httpRequestHead, httpResponseHead, resultHead } from "../../src/index.ts";
import { rawHello } from "../raw-frames.ts";
import type { Random } from "./random.ts";

/** What the handler of an attacked listener does, by the method of the request. */
export const methods = ["echo", "later", "stream", "large", "trailers", "reject", "cancel", "throw", "ignore", "read"];

const listenerTypes = ["HTTP_RESPONSE", "RESULT", "TRAILERS", "REJECT", "MODELS", "TAKEN"] as const;
const diallerTypes = ["HTTP_REQUEST", "CALL"] as const;
const bothTypes = ["DATA", "CANCEL", "WINDOW_UPDATE", "PING", "PONG", "SLOT", "GOAWAY", "HELLO", "WELCOME"] as const;

/** A well-formed frame of any type, more often one that the role sends, with a stream id that may or may not make sense. */
export function randomFrame(random: Random, role: "dialler" | "listener", highestId: number): GoldenFrame {
  const own = role === "dialler" ? diallerTypes : listenerTypes;
  const type = random.chance(0.5)
    ? random.oneOf<GoldenFrame["type"]>(own)
    : random.chance(0.9)
      ? random.oneOf<GoldenFrame["type"]>(bothTypes)
      : random.oneOf<GoldenFrame["type"]>([...listenerTypes, ...diallerTypes]);
  const streamId = random.chance(0.8) ? 1 + 2 * random.below(highestId / 2 + 1) : random.below(0xffff_ffff);
  return frameOf(random, type, streamId);
}

/** A conversation that makes sense: handshake, then requests with bodies, or answers to the streams 1, 3, 5, ... */
export function conversation(random: Random, role: "dialler" | "listener"): GoldenFrame[] {
  const frames: GoldenFrame[] = [{ type: role === "dialler" ? "HELLO" : "WELCOME", hello: randomHello(random) }];
  const count = 1 + random.below(5);
  for (let index = 0; index < count; index += 1) {
    const streamId = index * 2 + 1;
    const hasData = random.chance(0.4);
    const type = role === "dialler" ? random.oneOf(diallerTypes) : random.oneOf(["HTTP_RESPONSE", "RESULT"] as const);
    if (role === "listener" && random.chance(0.3)) frames.push({ type: "TAKEN", streamId });
    frames.push({ ...frameOf(random, type, streamId), end: !hasData } as GoldenFrame);
    for (let left = hasData ? 1 + random.below(4) : 0; left > 0; left -= 1) {
      frames.push({ type: "DATA", streamId, end: left === 1, body: randomBody(random) });
    }
    if (random.chance(0.3)) frames.push(frameOf(random, random.oneOf(bothTypes.slice(0, 6)), streamId));
  }
  return frames;
}

export function encodeAll(frames: readonly GoldenFrame[]): Buffer[] {
  return frames.map(encodeGoldenFrame);
}

function randomHello(random: Random): (GoldenFrame & { type: "HELLO" })["hello"] {
  if (random.chance(0.6)) return rawHello;
  return {
    ...rawHello,
    capabilities: random.oneOf([0, 1, 0xffff_ffff]),
    streamWindowBytes: random.oneOf([0, 1, 100, 65_536, 0x7fff_ffff]),
    connectionWindowBytes: random.oneOf([0, 1, 1_000, 65_536, 0x7fff_ffff]),
    maxFrameBytes: random.oneOf([16_384, 65_536, 0xffff_ffff]),
    maxStreams: random.oneOf([0, 1, 3, 0xffff_ffff]),
  };
}

function frameOf(random: Random, type: GoldenFrame["type"], streamId: number): GoldenFrame {
  const end = random.chance(0.6);
  const text = random.oneOf(["", "x", "é\0ü", "y".repeat(300)]);
  const u32 = random.chance(0.7) ? random.below(10) : random.below(0xffff_ffff);
  const body = randomBody(random);
  const method = random.oneOf(methods);
  const deadlineMs = random.chance(0.9) ? 0 : random.below(3);
  const headers = random.chance(0.7) ? [] : ["x-a", text];
  const error = random.chance(0.8) ? undefined : { type: text, message: text, stack: text, code: text };
  switch (type) {
    case "HELLO":
    case "WELCOME":
      return { type, hello: randomHello(random) };
    case "PING":
    case "PONG":
      return { type, low: u32, high: u32 };
    case "GOAWAY":
      return { type, lastId: u32, code: random.chance(0.5) ? 0 : random.below(12), text };
    case "WINDOW_UPDATE":
      return { type, streamId: random.chance(0.3) ? 0 : streamId, bytes: 1 + random.below(0x7fff_fffe) };
    case "SLOT":
      return { type, slot: { ongoing: u32, max: u32 } };
    case "TAKEN":
      return { type, streamId };
    case "MODELS":
      return { type, modelIds: Array.from({ length: random.below(4) }, () => text) };
    case "HTTP_REQUEST":
      return { type, streamId, end, body, head: httpRequestHead({ method, target: `/${text}`, deadlineMs, headers }) };
    case "CALL":
      return { type, streamId, end, body, head: callHead({ method, encoding: 3, deadlineMs, headers }) };
    case "HTTP_RESPONSE":
      return { type, streamId, end, body, head: httpResponseHead(random.below(65_536), headers, u32) };
    case "RESULT": {
      const head = { encoding: 3 as const, ongoing: u32, headers, ...(error === undefined ? {} : { error }) };
      return { type, streamId, end, body, head: resultHead(head) };
    }
    case "DATA":
      return { type, streamId, end, body };
    case "TRAILERS":
      return { type, streamId, trailers: { error, headers, ongoing: u32 } };
    case "CANCEL":
      return { type, streamId, cancel: { code: random.oneOf([0, 1, 2, 3, 4, 5, 6]), text } };
    case "REJECT":
      return { type, streamId, reject: { ongoing: u32, max: u32, code: random.oneOf([0, 1, 2, 3]) } };
  }
}

function randomBody(random: Random): string {
  const bytes = random.chance(0.8) ? random.below(40) : random.below(5_000);
  return "ab".repeat(bytes);
}

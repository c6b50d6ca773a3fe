/** A peer of bytes, for what a well-behaved one would never send. */
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import { encodeGoldenFrame } from "../golden/frame-codec.ts";
import type { GoldenFrame } from "../golden/frame-codec.ts";
import { callHead } from "../src/index.ts";
import type { Hello } from "../src/index.ts";
import { rawHello } from "./raw-frames.ts";

export { rawHello };

export function helloFrame(over: Partial<Hello> = {}): Buffer {
  return encodeGoldenFrame({ type: "HELLO", hello: { ...rawHello, ...over } });
}

export function callFrame(streamId: number, method: string, body = "", end = true): Buffer {
  return encodeGoldenFrame({ type: "CALL", streamId, end, head: callHead({ method, encoding: 3 }), body });
}

export function frames(...given: readonly GoldenFrame[]): Buffer {
  return Buffer.concat(given.map(encodeGoldenFrame));
}

/** Connects, and is closed after the test. Reads nothing until someone listens to `data` or resumes it. */
export async function connectRaw(path: string): Promise<Socket> {
  const socket = createConnection({ path });
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

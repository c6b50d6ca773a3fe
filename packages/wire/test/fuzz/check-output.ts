import { decodeGoldenFrame } from "../../golden/frame-codec.ts";
import type { GoldenFrame } from "../../golden/frame-codec.ts";
import { FrameReader } from "../../src/frame-reader.ts";
import type { WireError } from "../../src/index.ts";
import type { MemorySocket } from "./memory-socket.ts";

/** What our side must say before it closes with one of these. */
const saidToPeer = new Set([
  "protocol_error",
  "frame_too_large",
  "flow_control",
  "version_mismatch",
  "internal",
  "refused",
]);

/** Whatever came in, what goes out is well-formed, begins with the handshake, and ends with the reason. Throws otherwise. */
export function checkOutput(socket: MemorySocket, error: WireError | undefined, first: "HELLO" | "WELCOME"): void {
  const frames: GoldenFrame[] = [];
  const reader = new FrameReader({
    onFrame: (type, flags, streamId, buffer, start, end) => {
      frames.push(decodeGoldenFrame(type, flags, streamId, buffer, start, end));
    },
    onDataPiece: (_flags, streamId) => {
      frames.push({ type: "DATA", streamId, end: false, body: "" });
    },
  });
  reader.maxPayloadBytes = 0xffff_ffff;
  for (const chunk of socket.written) reader.push(chunk);
  const [opening] = frames;
  if (opening !== undefined && opening.type !== first && opening.type !== "GOAWAY") {
    throw new Error(`the first frame sent is ${opening.type}`);
  }
  if (error === undefined || !saidToPeer.has(error.code) || error.message.startsWith("peer closed")) return;
  // A dialler does not send its waiting requests only to be heard behind them.
  if (socket.isStalled || (first === "HELLO" && socket.wasStalled)) return;
  const goaway = frames.findLast((frame) => frame.type === "GOAWAY");
  if (goaway === undefined || goaway.text === "") throw new Error(`closed with ${error.code} and did not say why`);
}

/** Lets what is scheduled run. */
export async function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits until `isDone`; fails when that does not come within so many turns of the loop. */
export async function turnUntil(what: string, isDone: () => boolean, turns = 200): Promise<void> {
  for (let left = turns; left > 0 && !isDone(); left -= 1) await turn();
  if (!isDone()) throw new Error(`not within ${String(turns)} turns: ${what}`);
}

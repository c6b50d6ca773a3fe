import type { Socket } from "node:net";
import type { EdgeLimits } from "../edge/limits.ts";
import { judgeWait, type Phase, type WaitVerdict } from "./phase.ts";

/** Since when a client has been taking its time. All times are monotonic milliseconds, true to the last sweep. */
export class ClientClock {
  /** When the phase began, or its data last moved. */
  #sinceMs: number;
  #lingeringSinceMs = 0;
  /** Bytes of answers that had left at the last sweep that found some waiting. */
  #sentBytes = -1;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** The phase begins, or its data moved. */
  moved(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** The last answer is written. */
  lingers(nowMs: number): void {
    this.#sinceMs = this.#lingeringSinceMs = nowMs;
  }

  /** What to do about the client. Called at each sweep. */
  judge(nowMs: number, phase: Phase, isPaused: boolean, socket: Socket, limits: EdgeLimits): WaitVerdict {
    const unsentBytes = socket.writableLength;
    if (unsentBytes > 0) this.#watchSending(nowMs, socket.bytesWritten - unsentBytes);
    const forMs = nowMs - this.#sinceMs;
    const lingeringMs = nowMs - this.#lingeringSinceMs;
    return judgeWait({ phase, forMs, lingeringMs, isPaused, unsentBytes }, limits);
  }

  #watchSending(nowMs: number, sentBytes: number): void {
    if (sentBytes === this.#sentBytes) return;
    this.#sentBytes = sentBytes;
    this.lingers(nowMs);
  }
}

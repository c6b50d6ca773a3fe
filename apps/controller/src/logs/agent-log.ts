/** One log as its agent sends it over the link. */
import { randomUUID } from "node:crypto";
import type { ControllerToAgent } from "@sluice/contracts";
import type { AgentSession } from "../agents/agent-session.ts";

export interface LogPiece {
  readonly text: string;
  readonly done: boolean;
  /** Why it ends before its end. */
  readonly error?: string | undefined;
}

export type LogRequest = Omit<Extract<ControllerToAgent, { type: "read_logs" }>, "type" | "epoch" | "requestId">;

/** A reader that is so far behind is cut: the link is shared with others. */
const maxBufferedBytes = 8 * 1024 * 1024;

/**
 * Pieces in order, until the log is told, the link is lost or the signal aborts; the agent is told when nobody reads any more.
 * The last piece has `done`.
 */
export async function* readAgentLog(
  session: AgentSession,
  epoch: number,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogPiece> {
  const requestId = randomUUID();
  const pieces: LogPiece[] = [];
  let bufferedBytes = 0;
  let wake = (): void => undefined;
  let isStopped = false;
  const stop = (): void => {
    if (!isStopped) session.link.send({ type: "stop_logs", epoch, requestId });
    isStopped = true;
  };
  const take = (piece: LogPiece): void => {
    if (isStopped) return;
    pieces.push(piece);
    bufferedBytes += Buffer.byteLength(piece.text);
    // Judged here and not where it is read: who does not read would never be judged.
    if (bufferedBytes > maxBufferedBytes) {
      pieces.length = 0;
      pieces.push({ text: "", done: true, error: "it is read too slowly" });
      stop();
    }
    wake();
  };
  session.readingLogs.set(requestId, (piece) =>
    take(piece ?? { text: "", done: true, error: `node ${session.nodeName} was lost` }),
  );
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  session.link.send({ type: "read_logs", epoch, requestId, ...request });
  let isDone = false;
  try {
    while (!isDone && !signal.aborted) {
      const piece = pieces.shift();
      if (piece === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      bufferedBytes -= Buffer.byteLength(piece.text);
      isDone = piece.done;
      yield piece;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    session.readingLogs.delete(requestId);
    if (!isDone) stop();
  }
}

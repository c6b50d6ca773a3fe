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
  const take = (piece: LogPiece): void => {
    pieces.push(piece);
    bufferedBytes += piece.text.length;
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
      bufferedBytes -= piece.text.length;
      isDone = piece.done;
      const isTooSlow = bufferedBytes > maxBufferedBytes;
      yield isTooSlow ? { ...piece, done: true, error: "it is read too slowly" } : piece;
      if (isTooSlow) return;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    session.readingLogs.delete(requestId);
    if (!isDone) session.link.send({ type: "stop_logs", epoch, requestId });
  }
}

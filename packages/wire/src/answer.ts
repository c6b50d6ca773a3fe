import { BodyInbox } from "./body-inbox.ts";
import type { ClientConnection } from "./client-connection.ts";
import type { ClientStream } from "./client-stream.ts";
import { CancelCode } from "./frame-types.ts";
import type { RequestHead, ResponseHead } from "./heads.ts";
import type { Reject } from "./heads.ts";
import { WireError } from "./wire-error.ts";

/** An answer whose head has arrived. Read `body` to the end, or call `stream.cancel`: unread bytes hold the credit of the connection. */
export type Answer = { readonly head: ResponseHead; readonly body: BodyInbox; readonly stream: ClientStream };

/** REJECT, for those who use promises. Outcome `safe`. */
export class RejectedError extends WireError {
  readonly reject: Reject;

  constructor(reject: Reject) {
    super("rejected", `rejected with ${reject.ongoing} of ${reject.max} ongoing (code ${reject.code})`, "safe");
    this.reject = reject;
  }
}

/**
 * The promise form of `connection.request`: simpler, and slower by a few allocations per request. `onSent` gets a function
 * that gives the request up at any time: the far side stops, and whoever waits for the head or reads the body gets an error.
 */
export async function requestAnswer(
  connection: ClientConnection,
  head: RequestHead,
  body?: Buffer,
  onSent?: (giveUp: (text: string) => void) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const inbox = new BodyInbox((bytes) => {
      stream.consumed(bytes);
    });
    const stream: ClientStream = connection.request(head, body, {
      onHead: (answerHead, inlineBody) => {
        inbox.push(inlineBody);
        resolve({ head: answerHead, body: inbox, stream });
      },
      onData: (chunk) => inbox.push(chunk),
      onEnd: (trailers) => {
        inbox.end(trailers);
      },
      onReject: (rejected) => {
        reject(new RejectedError(rejected));
      },
      onError: (error) => {
        inbox.fail(error);
        reject(error);
      },
    });
    onSent?.((text) => {
      stream.cancel(CancelCode.callerGone, text);
      const error = new WireError("cancelled", `given up: ${text}`);
      inbox.fail(error);
      reject(error);
    });
  });
}

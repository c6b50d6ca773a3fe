import type { Answer } from "../runtime.ts";
import { jsonText } from "../serve/json-text.ts";

const textHeaders = Object.freeze(["content-type", "text/plain; charset=utf-8"]);

/**
 * A stream that a handler returns, such as `return this.model.generate(prompt)`, as an HTTP answer that is sent while it
 * is made: strings and bytes as they are, all else as one line of JSON each.
 */
export function answerOfItems(items: AsyncIterable<unknown> | Iterable<unknown>): Answer {
  const body = ReadableStream.from(items).pipeThrough(new TransformStream({ transform: encodeItem }, one, none));
  return { kind: "stream", status: 200, headers: textHeaders, body };
}

/** The next item is made when the one before has left, not ahead of it. */
const one = { highWaterMark: 1 };
const none = { highWaterMark: 0 };

function encodeItem(item: unknown, controller: TransformStreamDefaultController<Uint8Array>): void {
  if (item instanceof Uint8Array) controller.enqueue(item);
  else if (typeof item === "string") controller.enqueue(Buffer.from(item));
  else controller.enqueue(Buffer.from(`${jsonText(item ?? null)}\n`));
}

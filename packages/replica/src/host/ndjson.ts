import { StringDecoder } from "node:string_decoder";

/** A line longer than this is no message of ours. */
const maxLineBytes = 64 * 1024 * 1024;

/** Takes bytes as they arrive and answers the whole lines among them. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  push(chunk: Buffer): string[] {
    const text = this.#rest + this.#decoder.write(chunk);
    const lines = text.split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > maxLineBytes) throw new Error(`a line is longer than ${maxLineBytes} bytes`);
    return lines.filter((line) => line !== "");
  }
}

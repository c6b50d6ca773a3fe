import { fieldNameOf, FieldRole } from "./field-name.ts";

/** Longest line that gives a chunk's size, extensions included, and longest trailer section. */
const maxLineBytes = 1_024;
const maxTrailerBytes = 8_192;

/** RFC 9112 7.1.1 without the white space that it calls bad: `1f;name=token;name="quoted"`. */
const sizeLine =
  /^([0-9A-Fa-f]{1,8})(?:;[!#$%&'*+\-.^_`|~\w]+(?:=(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*$/;

type State = "size" | "data" | "data-end" | "trailer" | "done";

export class ChunkFault extends Error {}

/**
 * A body in chunks (RFC 9112 7.1), read as it comes. Extensions are skipped, trailers are dropped. Strict: sizes are 1 to 8 hex
 * digits, lines end with CRLF.
 */
export class ChunkedBody {
  #state: State = "size";
  #line = "";
  #missingBytes = 0;
  #trailerBytes = 0;

  get isDone(): boolean {
    return this.#state === "done";
  }

  /**
   * Takes what it can from `chunk` at `at`, hands the body's bytes on until `onData` answers false (no more for now), and returns
   * where the rest begins. Throws ChunkFault.
   */
  read(chunk: Buffer, at: number, onData: (piece: Buffer) => boolean): number {
    let position = at;
    while (position < chunk.length && this.#state !== "done") {
      if (this.#state === "data") {
        const end = Math.min(chunk.length, position + this.#missingBytes);
        this.#missingBytes -= end - position;
        if (this.#missingBytes === 0) this.#state = "data-end";
        const goesOn = onData(chunk.subarray(position, end));
        position = end;
        if (!goesOn) break;
      } else position = this.#readLine(chunk, position);
    }
    return position;
  }

  #readLine(chunk: Buffer, at: number): number {
    const lineFeed = chunk.indexOf(0x0a, at);
    const end = lineFeed < 0 ? chunk.length : lineFeed + 1;
    if (this.#line.length + end - at > maxLineBytes) throw new ChunkFault("A line between chunks is too long.");
    this.#line += chunk.toString("latin1", at, end);
    if (lineFeed < 0) return end;
    const line = this.#line;
    this.#line = "";
    if (!line.endsWith("\r\n")) throw new ChunkFault("A line between chunks does not end with CR LF.");
    this.#takeLine(line.slice(0, -2));
    return end;
  }

  #takeLine(line: string): void {
    if (this.#state === "data-end") {
      if (line !== "") throw new ChunkFault("A chunk is longer than its size.");
      this.#state = "size";
    } else if (this.#state === "trailer") {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > maxTrailerBytes) throw new ChunkFault("The trailers are too long.");
      if (line === "") this.#state = "done";
      else if (!isFieldLine(line)) throw new ChunkFault("A trailer is not `name: value`, or not allowed as one.");
    } else {
      const size = sizeLine.exec(line);
      if (size === null) throw new ChunkFault("The size of a chunk is not a hexadecimal number.");
      this.#missingBytes = Number.parseInt(size[1] ?? "", 16);
      this.#state = this.#missingBytes === 0 ? "trailer" : "data";
    }
  }
}

/**
 * Dropped or not, a trailer must be one: else the line may be the start of a request that somebody else would see here. And it must
 * not speak about where bodies end or whom a request is for (RFC 9110 6.5.1).
 */
function isFieldLine(line: string): boolean {
  const field = fieldNameOf(line.slice(0, Math.max(0, line.indexOf(":"))));
  const isMeant = field !== undefined && (field.role === FieldRole.ordinary || field.role >= FieldRole.hopByHop);
  return isMeant && !/[^\t\x20-\x7e\x80-\xff]/.test(line);
}

const maxLines = 8;
const maxLineLength = 300;

/** The last lines that a program wrote to its standard error, for the reason of its end. */
export class ErrorTail {
  #lines: string[] = [];
  #rest = "";

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("utf8")).split("\n");
    // A line without end must not grow for ever.
    this.#rest = (lines.pop() ?? "").slice(-maxLineLength);
    this.#lines = [...this.#lines, ...lines.slice(-maxLines).filter((line) => line.trim() !== "")].slice(-maxLines);
  }

  /** Newest last; empty when nothing was written. */
  get text(): string {
    const lines = this.#rest.trim() === "" ? this.#lines : [...this.#lines, this.#rest];
    return lines
      .slice(-maxLines)
      .map((line) => line.slice(0, maxLineLength).trimEnd())
      .join("\n");
  }
}

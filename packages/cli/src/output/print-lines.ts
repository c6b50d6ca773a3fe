/** Where lines go: standard output or standard error. */
export type LineSink = Pick<NodeJS.WriteStream, "on" | "write">;

/**
 * Prints lines for as long as somebody reads them: `sluice status | head -1` leaves after the first. What the command does goes on to
 * its end, and its exit code stays true.
 */
export function printLinesTo(sink: LineSink): (line: string) => void {
  const print = printTextTo(sink);
  return (line) => print(`${line}\n`);
}

/** The same for text that has its own line ends. */
export function printTextTo(sink: LineSink): (text: string) => void {
  let isReaderGone = false;
  sink.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    isReaderGone = true;
  });
  return (text) => {
    if (!isReaderGone) sink.write(text);
  };
}

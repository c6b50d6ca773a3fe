/**
 * Standard output may be a pipe whose reader has died; user code that prints must not end the replica for that.
 * Other errors of the streams stay fatal.
 */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}

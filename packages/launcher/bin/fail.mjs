/** An end that the person at the terminal can do something about: its message is one line that says what. */
export class LaunchError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "LaunchError";
  }
}

/**
 * Prints why the launcher stops. A LaunchError is one line; anything else is a fault of ours and shows its stack.
 * @param {unknown} error
 */
export function printFailure(error) {
  if (error instanceof Error && error.name === "LaunchError") console.error(`sluice: ${error.message}`);
  else console.error("sluice: unexpected error:", error);
}

/** The operator has to change a setting: printed as one line without a stack, exit code {@link exitCodes.config}. */
export class ConfigError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ConfigError";
  }
}

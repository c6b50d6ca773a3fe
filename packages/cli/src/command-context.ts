import type { Client } from "@sluice/sdk";

/** What every command is given. */
export interface CommandContext {
  /** Of the server that the flags name. */
  readonly client: () => Client;
  readonly say: (line: string) => void;
  /** Reads a flag's number of seconds. */
  readonly seconds: (text: string) => number;
}

import pg from "pg";
import type { NotifyChannel } from "./notify.ts";
import { NotifyPayload, notifyChannels } from "./notify.ts";

export interface ListenOptions {
  readonly url: string;
  readonly channels: readonly NotifyChannel[];
  readonly onMessage: (channel: NotifyChannel, payload: NotifyPayload) => void;
  /** After each (re)connection: messages may have been missed, so read everything. */
  readonly onResync: () => void;
  /** The connection was lost or could not be made; it is tried again. */
  readonly onLost?: (error: unknown) => void;
}

export interface Listener {
  /** Ends listening; resolves when the connection is closed. */
  close(): Promise<void>;
}

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
/** A half-open connection is noticed by this probe, since a listener sends nothing by itself. */
const PROBE_INTERVAL_MS = 15_000;
const PROBE_TIMEOUT_MS = 5_000;
const GOODBYE_TIMEOUT_MS = 1_000;

/** Listens on a connection of its own and keeps at it until closed. Retries after 0.1 s, 0.2 s ... 5 s. */
export function listen(options: ListenOptions): Listener {
  return new ReconnectingListener(options);
}

class ReconnectingListener implements Listener {
  readonly #options: ListenOptions;
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #probe: NodeJS.Timeout | null = null;
  #failures = 0;
  #isClosed = false;
  #connecting: Promise<void>;

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#connecting = this.#connect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#connecting;
    await this.#dropClient();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: PROBE_TIMEOUT_MS,
      keepAlive: true,
    });
    this.#client = client;
    client.on("error", (error) => this.#lose(client, error));
    client.on("end", () => this.#lose(client, new Error("The connection that listens was closed.")));
    client.on("notification", ({ channel, payload }) => this.#deliver(channel, payload));
    try {
      await client.connect();
      for (const channel of this.#options.channels) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      this.#lose(client, error);
      return;
    }
    if (this.#client !== client || this.#isClosed) return;
    this.#failures = 0;
    this.#probe = setInterval(() => void this.#probeOnce(client), PROBE_INTERVAL_MS);
    this.#options.onResync();
  }

  async #probeOnce(client: pg.Client): Promise<void> {
    const timeout = setTimeout(
      () => this.#lose(client, new Error("The connection that listens does not answer.")),
      PROBE_TIMEOUT_MS,
    );
    try {
      await client.query("SELECT 1");
    } catch (error) {
      this.#lose(client, error);
    } finally {
      clearTimeout(timeout);
    }
  }

  #deliver(channel: string, text: string | undefined): void {
    const known = notifyChannels.find((name) => name === channel);
    if (known === undefined) return;
    this.#options.onMessage(known, parsePayload(text));
  }

  /** Drops this connection, once, and plans the next. */
  #lose(client: pg.Client, error: unknown): void {
    if (this.#client !== client || this.#isClosed) return;
    void this.#dropClient();
    this.#options.onLost?.(error);
    const delayMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#connecting = this.#connect();
    }, delayMs);
  }

  async #dropClient(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (this.#probe !== null) clearInterval(this.#probe);
    this.#probe = null;
    if (client === null) return;
    // A connection that is broken already cannot be ended politely, and need not be; one that hangs is left to the system.
    const goodbye = client.end().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, GOODBYE_TIMEOUT_MS)));
    await Promise.race([goodbye, patience]);
    clearTimeout(timer);
  }
}

/** A payload that cannot be read still wakes: it is about everything. */
function parsePayload(text: string | undefined): NotifyPayload {
  try {
    return NotifyPayload.parse(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

import { refusedLinkCode } from "@sluice/contracts";
import { WebSocket } from "ws";
import type { RawData } from "ws";
import type { ZodType } from "zod";
import type { Logger } from "../logging/logger.ts";
import { decideBackoffMs, linkBackoff } from "./backoff.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { NextTry } from "./controller-address.ts";
import { EpochFence } from "./epoch-fence.ts";

/** Every message of a controller carries the epoch of its lease. */
export interface FencedMessage {
  readonly type: string;
  readonly epoch: number;
  /** Of a refusal. */
  readonly reason?: string | undefined;
  /** Of a refusal: who leads instead. */
  readonly leader?: string | undefined;
}

export interface LinkClientOptions<Out, In extends FencedMessage> {
  /** `ws://` or `http://` (translated) with the path of the link; asked anew before each try. */
  readonly url: string | (() => string);
  /** The controller stands by and names the one that leads. The next try may go there; says when. */
  readonly onStandby?: (leader: string) => NextTry;
  /** The link was lost or never came up, other than at a controller that stands by. Says when the next try is due. */
  readonly onDown?: () => NextTry;
  readonly secret: string;
  readonly outgoing: ZodType<Out>;
  readonly incoming: ZodType<In>;
  readonly logger: Logger;
  /** Highest epoch known from an earlier life. */
  readonly initialEpoch?: number;
  /** The link is up: send the full state here, nothing sent before counts. */
  readonly onOpen: () => void;
  readonly onMessage: (message: In) => void;
  readonly onClose: (reason: string) => void;
  readonly backoff?: BackoffOptions;
  readonly random?: () => number;
  /** Between tries of one that was refused until a person changes that, as a removed node is. */
  readonly refusedRetryMs?: number;
  /** Ping interval; without any sign of life for three of them the link counts as dead. */
  readonly pingIntervalMs?: number;
  /** Bytes that may wait in the socket before the link is cut and started afresh. */
  readonly maxBufferedBytes?: number;
}

export interface LinkCounters {
  /** Messages refused because of a lower epoch. */
  staleEpoch: number;
  /** Messages in or out that did not fit their schema. */
  invalid: number;
  /** Messages not sent because the link was down or its buffer full. */
  dropped: number;
  opened: number;
}

const maxMessageBytes = 64 * 1024 * 1024;
const handshakeTimeoutMs = 10_000;
const defaultRefusedRetryMs = 60_000;

/**
 * Control link to the controller, from agents and gateways. It redials for ever with jittered backoff. The protocol on it
 * is level-triggered: nothing is queued while the link is down, `onOpen` sends the full state instead; and a peer that
 * reads too slowly is cut off rather than buffered without bound.
 */
export class LinkClient<Out, In extends FencedMessage> {
  readonly counters: LinkCounters = { staleEpoch: 0, invalid: 0, dropped: 0, opened: 0 };
  readonly #options: LinkClientOptions<Out, In>;
  readonly #fence: EpochFence;
  #socket: WebSocket | undefined;
  #redialTimer: NodeJS.Timeout | undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #missedPings = 0;
  #lastFailure = "";
  #stopped = true;
  /** A controller that leads took us in on the present socket. */
  #isWelcome = false;
  /** Why we were refused last, while that holds; told once. */
  #refusal: string | null = null;
  #isRefusalTold = false;
  /** A controller that stands by sent us away; when to try where it said. */
  #sentAway: NextTry | null = null;

  constructor(options: LinkClientOptions<Out, In>) {
    this.#options = options;
    this.#fence = new EpochFence(options.initialEpoch);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait in the socket: who sends much waits until they are few. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Highest epoch seen. */
  get epoch(): number {
    return this.#fence.highest;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#dial();
  }

  /** Sends when the link is open. False means "not sent": the next `onOpen` brings the peer up to date. */
  send(message: Out): boolean {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) {
      this.counters.dropped += 1;
      return false;
    }
    const parsed = this.#options.outgoing.safeParse(message);
    if (!parsed.success) {
      this.counters.invalid += 1;
      this.#options.logger.error({ err: parsed.error }, "own message does not fit the contract, not sent");
      return false;
    }
    if (socket.bufferedAmount > (this.#options.maxBufferedBytes ?? 16 * 1024 * 1024)) {
      this.counters.dropped += 1;
      this.#lastFailure = "the controller reads too slowly";
      socket.terminate();
      return false;
    }
    socket.send(JSON.stringify(parsed.data));
    return true;
  }

  /** Closes for good. Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#redialTimer);
    clearInterval(this.#pingTimer);
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const giveUp = setTimeout(() => socket.terminate(), 1_000);
      socket.once("close", () => {
        clearTimeout(giveUp);
        resolve();
      });
      socket.close(1001, "going away");
    });
  }

  #dial(): void {
    const { secret, onOpen } = this.#options;
    const url = this.#url;
    const socket = new WebSocket(url.replace(/^http/, "ws"), {
      headers: { authorization: `Bearer ${secret}` },
      maxPayload: maxMessageBytes,
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let opened = false;
    socket.on("open", () => {
      opened = true;
      this.counters.opened += 1;
      this.#missedPings = 0;
      this.#lastFailure = "";
      this.#isWelcome = false;
      this.#startPinging(socket);
      onOpen();
    });
    socket.on("pong", () => (this.#missedPings = 0));
    socket.on("ping", () => (this.#missedPings = 0));
    socket.on("message", (data) => this.#receive(data));
    socket.on("error", (error) => (this.#lastFailure = error.message));
    socket.on("close", (code, reason) => {
      clearInterval(this.#pingTimer);
      const why = reason.toString() || this.#lastFailure || `closed with code ${code}`;
      if (opened) this.#options.onClose(why);
      if (code === refusedLinkCode) return this.#waitRefused(url, this.#refusal ?? why);
      const next = this.#sentAway ?? this.#options.onDown?.() ?? "later";
      this.#sentAway = null;
      this.#redial(this.#isWelcome, url, why, next);
      this.#isWelcome = false;
    });
  }

  get #url(): string {
    const { url } = this.#options;
    return typeof url === "string" ? url : url();
  }

  #redial(wasOpen: boolean, url: string, why: string, next: NextTry): void {
    if (this.#stopped) return;
    // One line when the link is lost or never came up, not one per try.
    const level = wasOpen || this.#attempt === 0 ? "warn" : "debug";
    // Tries are spaced out by rounds over all places, so that one that is gone does not hide one that is there.
    const attempt = next === "at_once" ? 1 : this.#attempt + 1;
    this.#attempt = Math.max(attempt, this.#attempt);
    this.#options.logger[level]({ url, reason: why }, "no link to the controller, trying again");
    const random = this.#options.random ?? Math.random;
    const waitMs = decideBackoffMs(attempt, random(), this.#options.backoff ?? linkBackoff);
    this.#redialTimer = setTimeout(() => this.#dial(), waitMs);
  }

  /** Only a person can change that, so it is told once and tried seldom; the next place would say the same. */
  #waitRefused(url: string, reason: string): void {
    if (this.#stopped) return;
    const retryMs = this.#options.refusedRetryMs ?? defaultRefusedRetryMs;
    const level = this.#isRefusalTold ? "debug" : "error";
    this.#isRefusalTold = true;
    this.#isWelcome = false;
    this.#sentAway = null;
    this.#options.logger[level]({ url, reason, retryMs }, "the controller refuses this process");
    this.#redialTimer = setTimeout(() => this.#dial(), retryMs);
  }

  #startPinging(socket: WebSocket): void {
    this.#pingTimer = setInterval(() => {
      if (this.#missedPings >= 3) {
        this.#lastFailure = "no sign of life from the controller";
        socket.terminate();
        return;
      }
      this.#missedPings += 1;
      socket.ping();
    }, this.#options.pingIntervalMs ?? 5_000);
  }

  /** Only a message that counts proves that this controller leads and takes us in; until then tries stay spaced out. */
  #noteWelcome(): void {
    this.#attempt = 0;
    if (this.#isWelcome) return;
    this.#isWelcome = true;
    this.#refusal = null;
    this.#isRefusalTold = false;
    this.#options.logger.info({ url: this.#url }, "link to the controller is up");
  }

  #receive(data: RawData): void {
    this.#missedPings = 0;
    const { incoming, logger, onMessage } = this.#options;
    const parsed = incoming.safeParse(parseJson(textOf(data)));
    if (!parsed.success) {
      this.counters.invalid += 1;
      logger.error({ err: parsed.error }, "message from the controller does not fit the contract, ignored");
      return;
    }
    if (parsed.data.type === "refused" && parsed.data.leader !== undefined) {
      // Whoever stands by has no epoch of its own.
      logger.info({ leader: parsed.data.leader }, "this controller stands by");
      this.#sentAway = this.#options.onStandby?.(parsed.data.leader) ?? "later";
      return;
    }
    if (!this.#fence.admits(parsed.data.epoch)) {
      this.counters.staleEpoch += 1;
      logger.warn(
        { type: parsed.data.type, epoch: parsed.data.epoch, highest: this.#fence.highest },
        "message of a lower epoch refused: its sender no longer leads",
      );
      return;
    }
    if (parsed.data.type === "refused") this.#refusal = parsed.data.reason ?? null;
    else this.#noteWelcome();
    try {
      onMessage(parsed.data);
    } catch (err) {
      logger.error({ err, type: parsed.data.type }, "a message from the controller could not be applied");
    }
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return Array.isArray(data) ? Buffer.concat(data).toString("utf8") : Buffer.from(data).toString("utf8");
}

/** A frame that is no JSON fails the schema like any other wrong message. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

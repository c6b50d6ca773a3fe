/** When the next try is due: at once while there is another place to look, after a pause when all were tried. */
export type NextTry = "at_once" | "later";

/** More places than this nobody looks through. */
const mostLearned = 16;

/**
 * Where to look for the controller that leads: one address after the other, first those that were given, then those that a
 * leader told; and where one that stands by sends us. An address that was named by a standby is left as soon as it fails.
 */
export class ControllerAddress {
  readonly #given: readonly string[];
  #urls: readonly string[];
  #index = 0;
  #leader: string | null = null;
  /** Named as leader, and not there. */
  #lost: string | null = null;
  #failedInRound = 0;

  /** At least one, without slashes at their ends. */
  constructor(urls: readonly string[]) {
    this.#given = urls;
    this.#urls = urls;
  }

  get current(): string {
    return this.#leader ?? this.#urls[this.#index] ?? "";
  }

  /** Nobody who leads is there: the next one has its turn. */
  failed(): NextTry {
    if (this.#leader === null) this.#index = (this.#index + 1) % this.#urls.length;
    else this.#lost = this.#leader;
    this.#leader = null;
    this.#failedInRound += 1;
    if (this.#failedInRound < this.#urls.length) return "at_once";
    this.#failedInRound = 0;
    return "later";
  }

  /** A controller that stands by names the leader; followed only where the credential is as safe as here. */
  follow(leader: string): NextTry {
    const url = withoutSlashes(leader);
    if (url === this.current || !this.#isAsSafe(url)) return this.failed();
    this.#leader = url;
    return url === this.#lost ? "later" : "at_once";
  }

  /**
   * A leader tells where controllers are; replaces what was told before. Answers what is kept of it: addresses to which the
   * credential may go.
   */
  learn(urls: readonly string[]): readonly string[] {
    const { current } = this;
    const learned = urls
      .map(withoutSlashes)
      .filter((url) => this.#isAsSafe(url))
      .slice(0, mostLearned);
    this.#urls = [...new Set([...this.#given, ...learned])];
    if (this.#leader === null) this.#index = Math.max(0, this.#urls.indexOf(current));
    else this.#index = Math.min(this.#index, this.#urls.length - 1);
    return learned;
  }

  #isAsSafe(url: string): boolean {
    return isSafeAddress(url) && protocolOf(url) === protocolOf(this.#given[0] ?? "");
  }
}

/** A secret may travel there: to this machine, or by TLS. */
export function isSafeAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function withoutSlashes(url: string): string {
  return url.replace(/\/+$/, "");
}

function protocolOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).protocol : null;
}

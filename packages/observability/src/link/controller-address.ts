/**
 * Where to look for the controller that leads: one address after the other, and where one that stands by sends us. An address
 * that was named by a standby is left as soon as it fails.
 */
export class ControllerAddress {
  readonly #urls: readonly string[];
  #index = 0;
  #leader: string | null = null;

  /** At least one, without slashes at their ends. */
  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  get current(): string {
    return this.#leader ?? this.#urls[this.#index] ?? "";
  }

  /** Nobody who leads is there: the next one has its turn. */
  failed(): void {
    if (this.#leader === null) this.#index = (this.#index + 1) % this.#urls.length;
    this.#leader = null;
  }

  /** A controller that stands by names the leader; followed only where the credential is as safe as here. */
  follow(leader: string): void {
    const url = leader.replace(/\/+$/, "");
    const isSame = url === this.current;
    const isFollowed = !isSame && isSafeAddress(url) && protocolOf(url) === protocolOf(this.current);
    if (isFollowed) this.#leader = url;
    else this.failed();
  }
}

/** A secret may travel there: to this machine, or by TLS. */
export function isSafeAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function protocolOf(url: string): string {
  return new URL(url).protocol;
}

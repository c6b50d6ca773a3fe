/**
 * The newest routing snapshot on disk, so that a gateway restarted while the controller is away serves on. Written to a
 * temporary file and renamed: a crash in mid-write leaves the one before.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RoutingSnapshot } from "@sluice/contracts";

const fileName = "routing-snapshot.json";

/** Null when there is none, or when it cannot be read: then `onUnreadable` says why. */
export async function loadDiskSnapshot(
  stateDir: string,
  onUnreadable: (reason: string) => void,
): Promise<RoutingSnapshot | null> {
  let text: string;
  try {
    text = await readFile(join(stateDir, fileName), "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) onUnreadable(String(error));
    return null;
  }
  try {
    return RoutingSnapshot.parse(JSON.parse(text));
  } catch (error) {
    onUnreadable(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** Writes snapshots one after the other; of several that come during a write only the newest is written. */
export class DiskSnapshotWriter {
  readonly #stateDir: string;
  readonly #onError: (error: unknown) => void;
  #next: RoutingSnapshot | null = null;
  #writing: Promise<void> | null = null;

  constructor(stateDir: string, onError: (error: unknown) => void) {
    this.#stateDir = stateDir;
    this.#onError = onError;
  }

  save(snapshot: RoutingSnapshot): void {
    this.#next = snapshot;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything saved so far is on disk. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    for (let snapshot = this.#next; snapshot !== null; snapshot = this.#next) {
      this.#next = null;
      try {
        await mkdir(this.#stateDir, { recursive: true, mode: 0o700 });
        const temporary = join(this.#stateDir, `${fileName}.next`);
        await writeFile(temporary, JSON.stringify(snapshot), { mode: 0o600 });
        await rename(temporary, join(this.#stateDir, fileName));
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#writing = null;
  }
}

/** Finds a Chromium for browser tests: one that is named, one that is there, or the packaged one. */
import { existsSync } from "node:fs";
import path from "node:path";
import { unpackChromium } from "./packaged-chromium.ts";

export interface FoundChromium {
  readonly executablePath: string;
  readonly args: string[];
  /** To be added to the browser's environment. */
  readonly env: Readonly<Record<string, string>>;
}

const ROOT = path.resolve(import.meta.dirname, "../../../..");

/** Names in PATH. Not `chromium-browser`: on Ubuntu it only says that a snap is to be installed. */
const COMMANDS = ["chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable"];

const MAC_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * The Chromium to use, with the flags and variables it needs here. `playwrightPath` is where Playwright would keep its own.
 * Throws with what to do when there is none.
 */
export async function findChromium(playwrightPath?: string): Promise<FoundChromium> {
  const args = chromiumArgs();
  const present = findPresentChromium(playwrightPath, process.env);
  if (present !== undefined) return { executablePath: present, args, env: {} };
  if (process.platform === "linux" && process.arch === "x64") {
    return { ...(await unpackChromium(path.join(ROOT, ".cache/chromium"))), args };
  }
  throw new Error("No Chromium found: run `npx playwright install chromium`, or set CHROMIUM_PATH to one.");
}

/** Root has no sandbox; containers have little shared memory; nobody looks at the GPU. */
export function chromiumArgs(uid: number | undefined = process.getuid?.()): string[] {
  return [...(uid === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--disable-gpu"];
}

/** $CHROMIUM_PATH, Playwright's own, PATH, the usual places of macOS. */
export function findPresentChromium(playwrightPath: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const named = env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which does not exist.`);
  }
  const inPath = (env["PATH"] ?? "")
    .split(path.delimiter)
    .flatMap((folder) => COMMANDS.map((command) => path.join(folder, command)));

  const places = [...(playwrightPath === undefined ? [] : [playwrightPath]), ...inPath, ...MAC_PLACES];
  return places.find((place) => existsSync(place));
}

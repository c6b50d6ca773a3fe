/** Finds a Chromium for browser tests: one that is named, one that is there, or the packaged one. */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

export interface FoundChromium {
  readonly executablePath: string;
  readonly args: readonly string[];
}

const ROOT = path.resolve(import.meta.dirname, "../../../..");

/** Names in PATH, newest way of shipping first. */
const COMMANDS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const MAC_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The Chromium to use and the flags it needs here. Throws with what to do when there is none. */
export async function findChromium(playwrightPath?: string): Promise<FoundChromium> {
  const args = chromiumArgs();
  const present = findPresentChromium(playwrightPath);
  if (present !== undefined) return { executablePath: present, args };
  if (process.platform === "linux" && process.arch === "x64") {
    return { executablePath: await unpackChromium(), args };
  }
  throw new Error("No Chromium found: run `npx playwright install chromium`, or set CHROMIUM_PATH to one.");
}

/** Root has no sandbox; containers have little shared memory; nobody looks at the GPU. */
export function chromiumArgs(uid: number | undefined = process.getuid?.()): string[] {
  return [...(uid === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--disable-gpu"];
}

function findPresentChromium(playwrightPath: string | undefined): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which does not exist.`);
  }
  const inPath = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .flatMap((folder) => COMMANDS.map((command) => path.join(folder, command)));
  return [...(playwrightPath === undefined ? [] : [playwrightPath]), ...inPath, ...MAC_PLACES].find((place) => existsSync(place));
}

/** The packaged Chromium unpacks itself into TMPDIR under a fixed name; a folder of ours keeps versions and users apart. */
async function unpackChromium(): Promise<string> {
  const folder = path.join(ROOT, ".cache", "chromium");
  mkdirSync(folder, { recursive: true });
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

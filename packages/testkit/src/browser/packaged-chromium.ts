/** The Chromium that comes as a package (Linux x64): unpacked once into .cache, with libraries and fonts for bare machines. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

export interface PackagedChromium {
  readonly executablePath: string;
  /** What the browser must find in its environment here; empty on a machine that has its libraries. */
  readonly env: Readonly<Record<string, string>>;
}

/** Variables that unpacking changes in this process, and that must not stay. */
const TOUCHED = ["TMPDIR", "AWS_LAMBDA_JS_RUNTIME", "LD_LIBRARY_PATH", "FONTCONFIG_PATH"] as const;

/** `folder` keeps versions and users apart: the package itself would unpack into the machine's temporary folder. */
export async function unpackChromium(folder: string): Promise<PackagedChromium> {
  mkdirSync(folder, { recursive: true });
  const before = TOUCHED.map((name) => [name, process.env[name]] as const);
  process.env["TMPDIR"] = folder;
  // Makes the package unpack its shared libraries (NSS and what else a bare machine lacks) as well.
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs20.x";
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    const executablePath = await chromium.executablePath();
    const libraries = (await lacksLibraries(executablePath))
      ? { LD_LIBRARY_PATH: path.join(folder, "al2023/lib") }
      : {};
    const fonts = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: path.join(folder, "fonts") };
    return { executablePath, env: { ...libraries, ...fonts } };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function lacksLibraries(executablePath: string): Promise<boolean> {
  const env = { PATH: process.env["PATH"] };
  const { stdout } = await promisify(execFile)("ldd", [executablePath], { env }).catch(() => ({ stdout: "not found" }));
  return stdout.includes("not found");
}

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type EntryName = "host" | "describe";

const devEntries: Readonly<Record<EntryName, string>> = {
  host: "../../replica/src/main.ts",
  describe: "../../replica/src/describe/main.ts",
};

/**
 * Command line that runs a bundled entry (without source maps of its own, which would take 14 MB of every replica; those of user code
 * it turns on itself), or in development its source through tsx. `moduleUrl` is this package's file
 * that asks: bundled, it is `dist/agent.mjs` and the other entries lie beside it.
 */
export function planEntryCommand(name: EntryName, configured: string | null, moduleUrl: string): readonly string[] {
  if (configured !== null) return configured.endsWith(".ts") ? fromSource(configured) : [process.execPath, configured];
  const ownPath = fileURLToPath(moduleUrl);
  const beside = join(dirname(ownPath), `${name}.mjs`);
  if (basename(ownPath).endsWith(".mjs") && existsSync(beside)) return [process.execPath, beside];
  return fromSource(fileURLToPath(new URL(devEntries[name], moduleUrl)));
}

/** An absolute specifier: hosts run in the bundle's directory, from which `tsx` would not resolve. */
function fromSource(path: string): readonly string[] {
  return [process.execPath, "--enable-source-maps", "--import", import.meta.resolve("tsx"), path];
}

/** The describe entry lies beside a configured host entry, unless it is configured itself. */
export function planDescribeEntry(describeEntry: string | null, hostEntry: string | null): string | null {
  if (describeEntry !== null || hostEntry === null) return describeEntry;
  const beside = join(dirname(hostEntry), "describe.mjs");
  return existsSync(beside) ? beside : null;
}

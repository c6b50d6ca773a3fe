import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ProcessSpec } from "../src/processes/supervised-process.ts";

/** What the fixture children have noted, in order. */
export const readJournal = (journal: string): string[] =>
  existsSync(journal) ? readFileSync(journal, "utf8").trim().split("\n") : [];

/** A fixture child, healthy once it has noted its start. */
export function fixtureSpec(name: string, journal: string, behaviour = "plain", stopTimeoutMs = 5_000): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [path.join(import.meta.dirname, "fixture-child.mjs"), name, journal, behaviour],
    cwd: path.dirname(journal),
    env: { PATH: process.env["PATH"] },
    stopTimeoutMs,
    isHealthy: async () => behaviour !== "crash" && readJournal(journal).includes(`${name} started`),
  };
}

/** `next build` of the dashboard, when what it is built from has changed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findWall } from "../check/import-walls.mjs";
import { LaunchError } from "../bin/fail.mjs";
import { runCommand } from "../bin/run-command.mjs";
import { hashFile, hashTree } from "./staleness.mjs";

const STAMP = "apps/web/.next/sluice-stamp";

/** The dashboard, every package it may reach, and the versions of all others. */
export function listWebSources() {
  /** @type {Set<string>} */
  const packages = new Set();
  /** @param {string} place */
  const visit = (place) => {
    for (const name of findWall(`${place}/x`)?.may ?? []) {
      if (packages.has(name)) continue;
      packages.add(name);
      visit(`packages/${name}`);
    }
  };
  visit("apps/web");
  return ["apps/web", ...[...packages].sort().map((name) => `packages/${name}/src`), "prisma"];
}

/** @param {string} root */
const hashWeb = (root) => `${hashTree(root, listWebSources())} ${hashFile(path.join(root, "package-lock.json"))}`;

/** @param {string} root */
export function isWebStale(root) {
  const stamp = path.join(root, STAMP);
  return !existsSync(stamp) || readFileSync(stamp, "utf8") !== hashWeb(root);
}

/** @param {string} root */
export async function buildWeb(root) {
  const wanted = hashWeb(root);
  const { code, output } = await runCommand(
    process.execPath,
    [path.join(root, "node_modules/next/dist/bin/next"), "build"],
    {
      cwd: path.join(root, "apps/web"),
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    },
  );
  if (code !== 0) {
    process.stderr.write(output);
    throw new LaunchError(
      /ENOSPC/.test(output)
        ? "the disk is full: free some space and run this again."
        : "the dashboard could not be built; its compiler's message is above.",
    );
  }
  writeFileSync(path.join(root, STAMP), wanted);
}

/** Builds what is stale. */
import { existsSync } from "node:fs";
import path from "node:path";
import { LaunchError } from "../bin/fail.mjs";
import { runStep } from "../bin/progress.mjs";
import { buildBundles, findStaleBundles } from "./bundles.mjs";
import { buildWeb, isWebStale } from "./web.mjs";

/**
 * @param {string} root
 * @returns {Promise<number>} seconds spent
 */
export async function buildWhenStale(root) {
  let seconds = 0;
  const stale = findStaleBundles(root);
  if (stale.length > 0) {
    const names = stale.map(([name]) => name).join(", ");
    seconds += (await runStep(`building ${names}`, () => buildBundles(root, stale).catch(explain))).seconds;
  }
  if (existsSync(path.join(root, "apps/web/src")) && isWebStale(root)) {
    seconds += (await runStep("building the dashboard", () => buildWeb(root))).seconds;
  }
  return seconds;
}

/** @param {any} error */
function explain(error) {
  const first = error?.errors?.[0];
  if (first === undefined) throw error;
  throw new LaunchError(`build failed: ${first.location?.file}:${first.location?.line}: ${first.text}`);
}

/** Runs the launcher over a fixture repository: `node --import tsx fixture-launch.ts <root> [flags]`. */
import { printFailure } from "../bin/fail.mjs";
import { readSettings } from "../bin/settings.mjs";
import { runLauncher } from "../src/launch.ts";

const [root = "", ...flags] = process.argv.slice(2);
const settings = readSettings(flags, {}, root);
if (settings === "help") throw new Error("unexpected --help");
try {
  await runLauncher({ root, settings, env: process.env, installSeconds: 0, buildSeconds: 0 });
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}
process.exit();

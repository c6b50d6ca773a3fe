/** From a fresh clone to the launcher itself: judge, install, generate, build; then hand over to dist/launcher.mjs. */
import { printFailure } from "./fail.mjs";
import { ROOT, installWhenNeeded, isInstalled } from "./install.mjs";
import { generateWhenStale } from "./generate.mjs";
import { checkDataDir, checkDisk, checkPorts } from "./preflight.mjs";
import { refuseSecondLauncher } from "./launch-lock.mjs";
import { HELP, readSettings } from "./settings.mjs";

/** @param {readonly string[]} argv */
export async function boot(argv) {
  try {
    const settings = readSettings(argv, process.env, ROOT);
    if (settings === "help") {
      console.log(HELP);
      return;
    }
    checkDataDir(settings.dataDir);
    const { hasLeftovers } = refuseSecondLauncher(settings.dataDir);
    checkDisk({ dataDir: settings.dataDir, root: ROOT, needsInstall: !isInstalled() });
    // Leftovers of a killed launcher still hold their ports; they are stopped, and the ports judged again, by the launcher.
    if (!hasLeftovers)
      await checkPorts({ web: settings.web, gateway: settings.gateway, controller: settings.controller });
    const installSeconds = await installWhenNeeded();
    const generateSeconds = await generateWhenStale();
    // Packages exist from here on; the walls of this folder hold for what runs before, hence the computed address.
    const { buildWhenStale } = await import(new URL("../build/build.mjs", import.meta.url).href);
    const buildSeconds = await buildWhenStale(ROOT);
    const { runLauncher } = await import(new URL("../../../dist/launcher.mjs", import.meta.url).href);
    await runLauncher({
      root: ROOT,
      settings,
      env: process.env,
      installSeconds,
      buildSeconds: generateSeconds + buildSeconds,
    });
  } catch (error) {
    printFailure(error);
    process.exitCode = 1;
  }
  // Nothing may keep a stopped launcher alive.
  process.exit();
}

/** Entry of dist/launcher.mjs, loaded by bin/boot.mjs once packages are installed and bundles built. */
export { runLauncher } from "./launch.ts";

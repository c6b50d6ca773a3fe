/** `npm start`. An old Node must get as far as a clear line, so everything else is loaded after the version is judged. */
import { judgeNodeVersion } from "./node-version.mjs";

const tooOld = judgeNodeVersion(process.versions.node);
if (tooOld !== undefined) {
  console.error("sluice: " + tooOld);
  process.exitCode = 1;
} else {
  import("./boot.mjs").then(({ boot }) => boot(process.argv.slice(2)));
}

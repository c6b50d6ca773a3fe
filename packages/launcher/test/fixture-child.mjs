/** A child for tests of supervision: appends what happens to it to a file, and behaves as its arguments say. */
import { appendFileSync } from "node:fs";

const [name, journal, behaviour] = process.argv.slice(2);
const note = (what) => appendFileSync(journal, `${name} ${what}\n`);

process.on("SIGTERM", () => {
  note("stopped");
  if (behaviour !== "stubborn") process.exit(0);
});
setInterval(() => undefined, 1_000);
note("started");
console.log(JSON.stringify({ level: 30, time: 0, msg: `${name} is up` }));
if (behaviour === "crash") process.exit(3);

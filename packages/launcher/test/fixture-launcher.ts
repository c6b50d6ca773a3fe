/** A launcher in a process of its own, with two fixture children, so that a test can kill it. Prints "up" when they run. */
import path from "node:path";
import { RunningSystem } from "../src/system.ts";
import { stopOnSignals } from "../src/stop-on-signals.ts";
import { fixtureSpec } from "./fixture-spec.ts";

const dataDir = process.argv[2] ?? "";
const journal = path.join(dataDir, "journal");
const system = new RunningSystem({ dataDir, stopOrder: ["first", "second"], print: () => undefined });
const end = stopOnSignals(system, () => undefined);
void Promise.all(["second", "first"].map((name) => system.start(fixtureSpec(name, journal)))).then(() =>
  console.log("up"),
);
void end.then(() => process.exit(0));

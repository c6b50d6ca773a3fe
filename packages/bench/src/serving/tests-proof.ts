/** Lines of the acceptance list that are tests: they run here, each is named, and one that fails is a miss. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { checkoutRoot } from "../product/start-product.ts";
import type { Proof } from "../proof.ts";

const Summary = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** `places` are files or folders of tests. */
export function testsProof(id: string, title: string, places: readonly string[]): Proof {
  return {
    id,
    title,
    method: `the tests in ${places.join(", ")}`,
    run: async (log) => {
      const tests = await runTests(places);
      for (const { file, name, isPassed } of tests) log(`${isPassed ? "passed" : "FAILED"}  ${file}: ${name}`);
      const failed = tests.filter(({ isPassed }) => !isPassed).length;
      return [
        { name: "tests", unit: "", samples: [tests.length], target: "at least one", holds: tests.length > 0 },
        { name: "failed", unit: "", samples: [failed], target: "0", holds: failed === 0 },
      ];
    },
  };
}

interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly isPassed: boolean;
}

async function runTests(places: readonly string[]): Promise<readonly TestOutcome[]> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-prove-tests-"));
  try {
    const file = join(folder, "tests.json");
    const runner = join(checkoutRoot, "node_modules/vitest/vitest.mjs");
    const child = spawn(
      process.execPath,
      [runner, "run", "--no-file-parallelism", "--reporter=json", `--outputFile=${file}`, ...places],
      { cwd: checkoutRoot, stdio: ["ignore", "ignore", "inherit"] },
    );
    await once(child, "exit");
    const { testResults } = Summary.parse(JSON.parse(await readFile(file, "utf8")));
    return testResults.flatMap(({ name, assertionResults }) => {
      const shortName = name.startsWith(checkoutRoot) ? name.slice(checkoutRoot.length + 1) : name;
      // A file that could not even be loaded has no assertions: that is a failure, too.
      if (assertionResults.length === 0) return [{ file: shortName, name: "could not be loaded", isPassed: false }];
      return assertionResults
        .filter(({ status }) => status === "passed" || status === "failed")
        .map((one) => ({ file: shortName, name: one.fullName, isPassed: one.status === "passed" }));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

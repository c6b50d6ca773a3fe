/** Short-lived process: one DescribeInput on stdin, one DescribeResult on stdout. User code may only print to stderr. */
import { DescribeInput } from "@sluice/contracts";
import type { DescribeResult } from "@sluice/contracts";
import { describeBundle } from "./describe-bundle.ts";
import { keepStdoutClean, readStdin } from "./stdio.ts";

/** The agent kills a describe process after 25 s; a slow import is cut off just before that, with a reason. */
const limitMs = 24_000;

const answer = keepStdoutClean();
process.setSourceMapsEnabled(true);

function finish(result: DescribeResult): void {
  answer(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

function failure(error: unknown): DescribeResult {
  if (!(error instanceof Error)) return { ok: false, message: String(error) };
  return { ok: false, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}

process.on("uncaughtException", (error) => finish(failure(error)));
process.on("unhandledRejection", (reason) => finish(failure(reason)));
setTimeout(() => {
  finish({
    ok: false,
    message: `Importing the code took more than ${limitMs / 1000} s. Move slow work from the module into init().`,
  });
}, limitMs);

try {
  const input = DescribeInput.parse(JSON.parse(await readStdin()));
  finish({ ok: true, description: await describeBundle(input) });
} catch (error) {
  finish(failure(error));
}

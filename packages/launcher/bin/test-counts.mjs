/**
 * Counts from the reports of the test runners. Pure. Nothing may look better than it is: no report, a file that did not
 * load, no test at all, or a non-zero exit without a failed test are one failure each.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, remarks: string[] }} Counts
 */

/**
 * @param {string | undefined} text
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function countVitest(text, exitCode) {
  if (text === undefined) return noReport(exitCode);
  const report = JSON.parse(text);
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  return settle(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + report.numTodoTests,
      remarks: brokenFiles.map((file) => `did not load: ${file.name}`),
    },
    exitCode,
  );
}

/**
 * @param {string | undefined} text
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function countPlaywright(text, exitCode) {
  if (text === undefined) return noReport(exitCode);
  const { stats, errors } = JSON.parse(text);
  return settle(
    {
      passed: stats.expected,
      // A test that passes only when repeated is broken as well.
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
      remarks: errors.map((error) => String(error.message).split("\n")[0]),
    },
    exitCode,
  );
}

/**
 * @param {Counts} counts
 * @param {number | null} exitCode
 * @returns {Counts}
 */
function settle(counts, exitCode) {
  if (counts.passed + counts.failed === 0) {
    return { ...counts, failed: 1, remarks: [...counts.remarks, "no test was run"] };
  }
  if (exitCode !== 0 && counts.failed === 0) {
    return {
      ...counts,
      failed: 1,
      remarks: [...counts.remarks, `no test failed, but the run ended with code ${exitCode}`],
    };
  }
  return counts;
}

/** @param {number | null} exitCode */
const noReport = (exitCode) => ({ passed: 0, failed: 1, skipped: 0, remarks: [`crashed with code ${exitCode}`] });

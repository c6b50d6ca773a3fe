/** Says what a long step is doing and for how long: a living line on a terminal, a line every ten seconds elsewhere. */

const TERMINAL_MS = 250;
const PLAIN_MS = 10_000;

/**
 * Runs `work` and reports its time.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<{ value: T, seconds: number }>}
 */
export async function runStep(name, work) {
  const startedAt = Date.now();
  const elapsed = () => (Date.now() - startedAt) / 1000;
  const isTerminal = process.stdout.isTTY === true;
  if (!isTerminal) console.log(`${name} ...`);
  const ticker = setInterval(
    () => {
      if (isTerminal) process.stdout.write(`\r\u001b[2K${name} ... ${elapsed().toFixed(0)} s`);
      else console.log(`${name} ... ${elapsed().toFixed(0)} s`);
    },
    isTerminal ? TERMINAL_MS : PLAIN_MS,
  );
  ticker.unref();
  try {
    const value = await work();
    const seconds = elapsed();
    console.log(`${isTerminal ? "\r\u001b[2K" : ""}${name}: done in ${seconds.toFixed(1)} s`);
    return { value, seconds };
  } catch (error) {
    if (isTerminal) process.stdout.write("\r\u001b[2K");
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

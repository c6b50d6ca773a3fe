/** The oldest Node this runs on. Kept free of new syntax and of imports, so that an old Node gets as far as the message. */
export const MINIMUM_NODE = "20.19.0";

/**
 * @param {string} version as in process.versions.node
 * @returns {string | undefined} the line to show when it is too old
 */
export function judgeNodeVersion(version) {
  const found = version.split(".").map(Number);
  const wanted = MINIMUM_NODE.split(".").map(Number);
  for (let i = 0; i < 3; i += 1) {
    if (found[i] > wanted[i]) return undefined;
    if (found[i] < wanted[i]) {
      return `Node ${version} is too old: Sluice needs ${MINIMUM_NODE} or newer. Install it from https://nodejs.org and run this again.`;
    }
  }
  return undefined;
}

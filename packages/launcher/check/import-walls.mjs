/**
 * Who may import whom: the one table of import walls. ESLint (import-walls-rule.mjs) enforces it on every specifier,
 * static and dynamic, and import-walls.test.ts shows that a forbidden import really fails.
 *
 * `may` lists the workspace packages a place may import, always through their index (`@sluice/x`). `node` says whether
 * Node built-ins are allowed, `npm` whether third-party packages are. Tests ship nothing, so they may open any package's
 * door; the other walls (no relative escape, no deep import, no app) hold for them too.
 */

/**
 * @typedef {object} Wall
 * @property {string} place        folder, relative to the repository root; the longest match wins
 * @property {string | null} name  the package name, null for a folder inside a package
 * @property {readonly string[]} may
 * @property {boolean} node
 * @property {boolean} npm
 */

/** @type {(place: string, name: string | null, may: readonly string[], limits?: { node?: boolean, npm?: boolean }) => Wall} */
const wall = (place, name, may, { node = true, npm = true } = {}) => ({ place, name, may, node, npm });

/** @type {readonly Wall[]} */
export const IMPORT_WALLS = [
  wall("packages/domain", "@sluice/domain", [], { node: false, npm: false }),
  wall("packages/contracts", "@sluice/contracts", ["domain"]),
  wall("packages/wire", "@sluice/wire", ["contracts"]),
  wall("packages/router", "@sluice/router", ["domain", "contracts"]),
  wall("packages/observability", "@sluice/observability", ["domain", "contracts"]),
  wall("packages/db", "@sluice/db", ["domain", "contracts"]),
  wall("packages/api", "@sluice/api", ["domain", "contracts", "db", "observability"]),
  wall("packages/agent", "@sluice/agent", ["domain", "contracts", "wire", "observability"]),
  wall("packages/sdk", "@sluice/sdk", ["contracts"]),
  wall("packages/replica", "@sluice/replica", ["contracts", "wire", "router", "sdk", "observability"]),
  wall("packages/cli", "@sluice/cli", ["sdk", "contracts"]),
  wall("packages/launcher", "@sluice/launcher", ["db", "contracts"]),
  // Runs before `npm install`: nothing but Node is there yet.
  wall("packages/launcher/bin", null, [], { npm: false }),
  wall("packages/testkit", "@sluice/testkit", [
    "domain",
    "contracts",
    "wire",
    "router",
    "observability",
    "db",
    "api",
    "agent",
    "sdk",
    "replica",
    "cli",
    "launcher",
  ]),
  wall("packages/examples", "@sluice/examples", ["sdk"]),
  wall("packages/bench", "@sluice/bench", ["sdk"]),
  wall("apps/controller", "@sluice/app-controller", ["domain", "contracts", "db", "observability"]),
  wall("apps/gateway", "@sluice/app-gateway", ["domain", "contracts", "wire", "router", "observability"]),
  // The gallery of the dashboard reads the catalogue of examples, which is plain data.
  wall("apps/web", "@sluice/app-web", ["domain", "contracts", "db", "api", "observability", "examples"]),
];

/** Doors besides the index: who may use them. `@sluice/sdk/host` is what hosts need and user code must not see. */
const SECOND_DOORS = new Map([["sdk/host", ["replica"]]]);

/** Tests: files named `*.test.ts(x)` and everything in a `test` folder, where tests keep their fixtures. */
const TEST_FILE = /(\.test\.tsx?$|(^|\/)test\/)/;

/**
 * The wall that holds for a file, or undefined when none does (root configuration, e2e).
 * @param {string} file path relative to the repository root, with forward slashes
 * @returns {Wall | undefined}
 */
export function findWall(file) {
  return IMPORT_WALLS.filter((w) => file.startsWith(`${w.place}/`)).sort((a, b) => b.place.length - a.place.length)[0];
}

/**
 * Judges one import. Pure: paths are resolved by the caller.
 * @param {{ file: string, specifier: string, target: string | undefined, isBuiltin: boolean }} use
 *   `target` is the resolved path, relative to the repository root, of a relative specifier
 * @returns {string | undefined} why it is forbidden
 */
export function judgeImport({ file, specifier, target, isBuiltin }) {
  const rule = findWall(file);
  if (rule === undefined) return undefined;
  const isTest = TEST_FILE.test(file);
  if (target !== undefined) {
    return target.startsWith(`${rule.place}/`) ? undefined : `${file} reaches out of ${rule.place} by a relative path`;
  }
  if (isBuiltin) {
    return rule.node || isTest
      ? undefined
      : `${rule.place} may not use Node built-ins; take what it gives as an argument`;
  }
  if (!specifier.startsWith("@sluice/")) {
    return rule.npm || isTest ? undefined : `${rule.place} may not import third-party packages`;
  }
  if (specifier === rule.name) return `inside ${rule.place} import by relative path`;
  const [name = "", ...deep] = specifier.slice("@sluice/".length).split("/");
  const mayUseDoor = SECOND_DOORS.get([name, ...deep].join("/"))?.some((place) => rule.name === `@sluice/${place}`);
  if (deep.length > 0 && mayUseDoor !== true) return `@sluice/${name} has one door: import "@sluice/${name}"`;
  if (name.startsWith("app-")) return "an app is nobody's dependency";
  if (isTest || rule.may.includes(name)) return undefined;
  if (name === "testkit") return "only tests may import @sluice/testkit";
  return `${rule.place} may import ${rule.may.join(", ") || "no other package"}, not ${name}`;
}

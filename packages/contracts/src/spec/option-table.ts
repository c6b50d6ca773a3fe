/** The page "Ray Serve's options here", printed from the table of Ray's options and from what is said of each here. */
import { optionProofs } from "./option-proofs.ts";
import { deploymentOptionDocs, type UpdateClass } from "./option-docs.ts";
import { rayOptions, type RayClass, type RayOption } from "./ray-options.ts";
import { printTable } from "./print-table.ts";
import { unsupportedInDeployment } from "./unsupported-options.ts";

const here: Readonly<Record<UpdateClass, string>> = {
  controller: "controller only",
  reconfigure: "in place",
  restart: "restart",
};

const there: Readonly<Record<RayClass, string>> = {
  identity: "another deployment",
  LW: "controller only",
  NR: "in place",
  NAR: "in place",
  HEAVY: "restart",
};

/** As Markdown, formatted as prettier does. */
export function printOptionTable(): string {
  const rows = rayOptions.map(rowOf);
  const known = new Set(rayOptions.map(({ name }) => name));
  const own = deploymentOptionDocs
    .filter(({ name }) => !known.has(name) && !isRays(name))
    .map(({ name, meaning, updateClass }) => [`\`${name}\``, meaning, here[updateClass], proofOf(name)]);
  return `${[
    "# Ray Serve's options here",
    "Every option of a deployment in Ray Serve 2.58, old names included: what it does, what a change of it does to running replicas\n(**controller only**: they do not notice; **in place**: they take it over while they serve; **restart**: new ones take over), and the\ntests that fail when it has no effect. That it arrives at whom it is for, from the text of the spec on, is proved for each row by\n`apps/controller/src/reconcile/option-reach.test.ts`, the column “a change” by `src/spec/option-classes.test.ts`;\n[APPLICATION-SPEC.md](APPLICATION-SPEC.md) has defaults and ranges. What is refused is refused with the path of the field and these words.",
    printTable(["option", "what it does", "a change in Ray", "a change", "tests"], rows),
    "## Options of Sluice's own",
    printTable(["option", "what it does", "a change", "tests"], own),
  ].join("\n\n")}\n`;
}

/** Title and file of each test. */
function proofOf(name: string): string {
  return (optionProofs[name] ?? []).map(({ file, title }) => `“${title}” (\`${file}\`)`).join("; ");
}

function rowOf({ name, ray, otherwise }: RayOption): string[] {
  const proof = proofOf(name);
  const doc = deploymentOptionDocs.find((one) => one.name === name);
  if (doc === undefined) {
    const refusal = unsupportedInDeployment[name];
    if (refusal === undefined) throw new Error(`Nothing is said of ${name}.`);
    return [`\`${name}\``, `Refused: ${refusal}`, there[ray], "", proof];
  }
  const change = name === "name" ? "another deployment" : here[doc.updateClass];
  return [`\`${name}\``, doc.meaning, there[ray], otherwise === undefined ? change : `${change}. ${otherwise}`, proof];
}

/** Blocks whose fields are listed, and fields of blocks that are listed as a whole. */
function isRays(name: string): boolean {
  return /^(ray_actor_options|backpressure_config|logging_config)$|^request_router_config\./.test(name);
}

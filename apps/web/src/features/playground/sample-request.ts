/** The request that an example of the gallery comes with, for an application that was made from it. Pure. */
import { catalogue } from "@sluice/examples";
import type { SampleRequest } from "@sluice/examples";
import type { ApplicationSpecInput, RevisionView } from "@sluice/contracts";

const anySha256 = "0".repeat(64);

/** Names and bundles change from install to install; what is run and what answers do not. */
export function pickSample({
  spec,
  description,
}: Pick<RevisionView, "spec" | "description">): SampleRequest | undefined {
  const program = programOf(spec);
  return catalogue.find(
    ({ sample, spec: specOf }) =>
      sample !== undefined && sample.ingress === description?.ingress && programOf(specOf(anySha256)) === program,
  )?.sample;
}

function programOf({ import_path, deployments }: Pick<ApplicationSpecInput, "import_path" | "deployments">): string {
  return import_path ?? JSON.stringify(deployments?.[0]?.process?.command ?? null);
}

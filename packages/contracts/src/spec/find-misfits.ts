/** Options of a spec that do not fit what the bundle was found to hold. */
import type { FieldIssue } from "../error.ts";
import type { ApplicationSpec } from "./application-spec.ts";
import type { BundleDescription, DescribedDeployment } from "./bundle-description.ts";
import type { DeploymentSpec } from "./deployment-options.ts";
import { strayModelOptions } from "./onnx-spec.ts";

export function findMisfits(spec: Pick<ApplicationSpec, "deployments">, description: BundleDescription): FieldIssue[] {
  const known = new Map(description.deployments.map((deployment) => [deployment.options.name, deployment]));
  return spec.deployments.flatMap((override, index) => {
    const described = known.get(override.name);
    const pointer = `#/deployments/${index}`;
    if (described === undefined) {
      const names = [...known.keys()].map((name) => `\`${name}\``).join(", ");
      return [
        {
          pointer: `${pointer}/name`,
          detail: `The application has no deployment \`${override.name}\`. It has ${names}.`,
        },
      ];
    }
    const isModel = (override.runtime ?? described.options.runtime) === "onnx" || described.inputs !== undefined;
    return [
      ...(isModel ? [] : strayModelOptions(override, pointer)),
      ...userConfigIssues(described, override, `${pointer}/user_config`),
    ];
  });
}

function userConfigIssues(described: DescribedDeployment, override: DeploymentSpec, pointer: string): FieldIssue[] {
  if (override.user_config === undefined || override.user_config === null) return [];
  const why = whyNoUserConfig(described, override);
  return why === null ? [] : [{ pointer, detail: `\`${override.name}\` ${why}` }];
}

/** A model runs no code; code says which hooks it has. An older description without hooks is given the benefit. */
function whyNoUserConfig({ inputs, options, hooks }: DescribedDeployment, override: DeploymentSpec): string | null {
  if (options.runtime === "process") {
    return "runs a program, which gets its settings in `process.command` and `process.env`. Leave `user_config` out.";
  }
  if (inputs !== undefined || (override.runtime ?? options.runtime) === "onnx") {
    return "runs a model file, which has no code that could take it. Leave `user_config` out.";
  }
  if (hooks === undefined || hooks.includes("reconfigure")) return null;
  return "has no method `reconfigure(config)` that could take it. Add one, or leave `user_config` out.";
}

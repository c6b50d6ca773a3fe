import path from "node:path";
import { defaultExecutionProviders, describeWithoutNode } from "@sluice/contracts";
import type { BundleDescription, DescribeInput } from "@sluice/contracts";
import { buildApplication, describeApplication } from "@sluice/sdk";
import { loadExport } from "../node/load-export.ts";
import { deploymentNameOf, findModelFile } from "../onnx/model-file.ts";
import { openModel } from "../onnx/open-model.ts";

/** Imports the code, or opens the model, of a prepared bundle and tells what is in it. */
export async function describeBundle(input: DescribeInput): Promise<BundleDescription> {
  switch (input.runtime) {
    case "node": {
      const exported = await loadExport(input.bundleDir, input.importPath);
      return describeApplication(await buildApplication(exported, input.args));
    }
    case "onnx":
      return describeModel(input);
    case "process":
      return describeProgram(input);
  }
}

/** Nothing is run: what is known of a program stands in its spec. */
function describeProgram(input: DescribeInput): BundleDescription {
  const description = describeWithoutNode(input);
  if (description === null) throw new Error(`A ${input.runtime} bundle needs to be looked at.`);
  return description;
}

async function describeModel({ bundleDir, importPath }: DescribeInput): Promise<BundleDescription> {
  const file = await findModelFile(bundleDir, importPath);
  const model = await openModel({ modelPath: file, threads: 1, executionProviders: defaultExecutionProviders });
  const name = deploymentNameOf(path.basename(file));
  return {
    ingress: name,
    deployments: [
      {
        options: { name, runtime: "onnx" },
        outbound: [],
        methods: ["call", "predict", "fetch"],
        inputs: model.inputs,
        outputs: model.outputs,
      },
    ],
  };
}

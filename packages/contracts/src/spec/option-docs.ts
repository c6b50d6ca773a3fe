/** One table of all supported options: what the form shows beside a field and what the docs page prints. */
import { answerOptionDocs } from "./option-docs/answer-docs.ts";
import type { OptionDoc } from "./option-docs/option-doc.ts";
import { placementOptionDocs } from "./option-docs/placement-docs.ts";
import { programOptionDocs } from "./option-docs/program-docs.ts";
import { resourceOptionDocs } from "./option-docs/resource-docs.ts";
import { runtimeOptionDocs } from "./option-docs/runtime-docs.ts";
import { scalingOptionDocs } from "./option-docs/scaling-docs.ts";
import { servingOptionDocs } from "./option-docs/serving-docs.ts";

export { applicationOptionDocs } from "./option-docs/application-docs.ts";
export type { OptionDoc, UpdateClass } from "./option-docs/option-doc.ts";

export const deploymentOptionDocs: readonly OptionDoc[] = [
  ...runtimeOptionDocs,
  ...programOptionDocs,
  ...scalingOptionDocs,
  ...servingOptionDocs,
  ...resourceOptionDocs,
  ...placementOptionDocs,
  ...answerOptionDocs,
];

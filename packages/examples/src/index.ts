export { catalogue } from "./catalogue.ts";
export type { Example, PlaygroundKind, SampleRequest } from "./catalogue.ts";

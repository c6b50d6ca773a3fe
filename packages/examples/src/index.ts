export { catalogue } from "./catalogue.ts";
export type { Example, PlaygroundKind } from "./catalogue.ts";

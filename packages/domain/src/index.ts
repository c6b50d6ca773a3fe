export * from "./replica/state.ts";
export * from "./spec/application-status.ts";
export * from "./placement/resources.ts";

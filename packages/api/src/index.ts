export type { ApiContext } from "./trpc/trpc.ts";
export { appRouter } from "./trpc/app-router.ts";
export type { AppRouter } from "./trpc/app-router.ts";
export type { ApiUseCases, DescribeBundleInput, PageInput, PutApplicationInput } from "./use-cases/api-use-cases.ts";
export { authorize, localAdmin } from "./access/principal.ts";
export type { Action, ActionObject, Principal } from "./access/principal.ts";

import { SluiceError } from "@sluice/contracts";
import type { BundleView, PageOf } from "@sluice/contracts";
import { getBundle as getStored, listBundles as listStored, listBundleUse } from "@sluice/db";
import type { Bundle } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PageInput } from "../api-use-cases.ts";
import { bundleViewOf } from "./bundle-view.ts";

export async function listBundles(deps: ApiDeps, principal: Principal, input: PageInput): Promise<PageOf<BundleView>> {
  authorize(principal, "read", { type: "bundle", id: null });
  const page = await listStored(deps.db, { projectId: deps.projectId, ...input });
  const use = await listBundleUse(deps.db, deps.projectId);
  return {
    items: page.items.map((bundle) => bundleViewOf(bundle, use.get(bundle.sha256) ?? [])),
    next_cursor: page.nextCursor,
  };
}

export async function getBundle(deps: ApiDeps, principal: Principal, input: { sha256: string }): Promise<BundleView> {
  authorize(principal, "read", { type: "bundle", id: input.sha256 });
  const bundle = await findBundle(deps, input.sha256);
  const use = await listBundleUse(deps.db, deps.projectId);
  return bundleViewOf(bundle, use.get(bundle.sha256) ?? []);
}

export async function findBundle(deps: ApiDeps, sha256: string): Promise<Bundle> {
  const bundle = await getStored(deps.db, { projectId: deps.projectId, sha256 });
  if (bundle !== null) return bundle;
  throw new SluiceError({ code: "bundle/not_found", publicMessage: `There is no bundle ${sha256.slice(0, 12)}...` });
}

"use client";

import type { ApplicationView } from "@sluice/contracts";
import { Banner } from "@/components/ui/banner.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useRevisions } from "@/data/queries.ts";
import { DigitsPlayground } from "./digits-playground.tsx";
import { pickPlayground } from "./playground-kind.ts";
import { hintsOf, startOf } from "./playground-start.ts";
import { RequestPlayground } from "./request-playground.tsx";
import { useGatewayUrl } from "./use-call.ts";

/** The playground that fits what the application is. */
export function Playground({ application }: { application: ApplicationView }) {
  const revisions = useRevisions(application.name);
  const gatewayUrl = useGatewayUrl();
  if (revisions.data === undefined || gatewayUrl === undefined) return <Skeleton className="h-80 rounded-card" />;
  if (application.route_prefix === null) {
    return (
      <Banner tone="gone">
        This application has no route, so it cannot be called over HTTP. Deploy a revision with a route prefix to try it
        here.
      </Banner>
    );
  }
  const serving =
    application.traffic.effective.find((variant) => variant.weight > 0)?.revision ?? application.target_revision;
  const revision = revisions.data.items.find(({ number }) => number === serving);
  const description = revision?.description ?? null;
  const url = `${gatewayUrl}${application.route_prefix === "/" ? "" : application.route_prefix}`;
  const picked = pickPlayground(description);
  if (picked.kind === "digits")
    return <DigitsPlayground application={application.name} input={picked.input} url={url} />;
  return (
    <RequestPlayground
      key={application.name}
      application={application.name}
      url={url}
      start={startOf(picked, revision)}
      headerHints={hintsOf(description)}
      note={picked.kind === "tensors" ? "inputs of the model as JSON" : "any request to the application"}
    />
  );
}

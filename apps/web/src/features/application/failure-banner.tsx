"use client";

import Link from "next/link";
import type { ApplicationView, RolloutView } from "@sluice/contracts";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useReplicas } from "@/data/queries.ts";
import { RolloutStepper } from "@/features/rollout/rollout-stepper.tsx";
import { listSteps, steppedDeployments, tookRequests } from "@/features/rollout/rollout-steps.ts";
import { FromTo } from "@/features/rollout/rollout-card.tsx";

/** A revision that did not come up: why, at which step, and which revision serves meanwhile. */
export function FailureBanner({ application }: { application: ApplicationView }) {
  const failed = failedRollout(application);
  if (failed === null && application.status !== "DEPLOY_FAILED") return null;
  const revision = failed?.to_revision ?? application.target_revision;
  const serving = application.traffic.effective.filter(
    (variant) => variant.weight > 0 && variant.revision !== revision,
  );
  const isUntouched = failed === null || !tookRequests(failed);
  const reason = failed === null || failed.message === "" ? application.message : failed.message;
  return (
    <Banner
      tone="bad"
      className="mb-3.5"
      action={
        <Button asChild size="small">
          <Link href={`/applications/new?application=${encodeURIComponent(application.name)}`}>
            Mend and deploy again
          </Link>
        </Button>
      }
    >
      <span className="font-medium">Revision {revision} could not be started.</span>{" "}
      {serving.length > 0
        ? `Revision ${serving.map((variant) => variant.revision).join(", ")} is still serving${isUntouched ? "; no request was taken from it" : ""}. `
        : ""}
      <span className="text-dim">{reason === "" || reason.endsWith(".") ? reason : `${reason}.`}</span>
      {failed !== null && failed.from_revision !== null && <FailedSteps application={application} rollout={failed} />}
    </Banner>
  );
}

/** The newest rollout, when it failed and nothing was deployed since. */
function failedRollout({ rollout, target_revision: target }: ApplicationView): RolloutView | null {
  if (rollout?.phase !== "failed") return null;
  return target === rollout.to_revision || target === rollout.from_revision ? rollout : null;
}

function FailedSteps({ application, rollout }: { application: ApplicationView; rollout: RolloutView }) {
  const replicas = useReplicas(application.name).data?.items ?? [];
  const steps = listSteps({ rollout, replicas, traffic: application.traffic, nowMs: 0 });
  return (
    <div className="mt-3 grid gap-2.5">
      <FromTo application={application.name} rollout={rollout} />
      <RolloutStepper steps={steps} inSteps={steppedDeployments(rollout).length > 0} />
    </div>
  );
}

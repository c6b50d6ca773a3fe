/** Whether a typed number of replicas may be applied. Pure. */
import type { DeploymentView } from "@sluice/contracts";

export interface JudgedCount {
  readonly count: number | null;
  /** Why Apply is off. */
  readonly reason: string | undefined;
  /** The text itself is wrong, as opposed to nothing having changed. */
  readonly isWrong: boolean;
}

const noneByHand =
  "At least 1: with none every request would wait. Deploy it with autoscaling_config and min_replicas 0 to scale to zero and back.";

export function judgeCount(
  text: string,
  { options, manual_num_replicas: manual }: Pick<DeploymentView, "options" | "manual_num_replicas">,
): JudgedCount {
  const { autoscaling } = options;
  if (autoscaling !== undefined) {
    const bounds = `${autoscaling.min_replicas} to ${autoscaling.max_replicas}`;
    const reason = `The autoscaler owns the number (${bounds}). Deploy it with an integer num_replicas to scale by hand.`;
    return { count: null, reason, isWrong: false };
  }
  if (!/^\d{1,4}$/.test(text.trim()) || Number(text) > 1000)
    return { count: null, reason: "A whole number from 1 to 1000.", isWrong: true };
  if (Number(text) === 0) return { count: null, reason: noneByHand, isWrong: true };
  const count = Number(text);
  const isSame = count === (manual ?? options.num_replicas);
  return { count, reason: isSame ? `${count} is the number already` : undefined, isWrong: false };
}

/** The number of replicas as the form shows it: fixed, or automatic within bounds. Pure; the draft holds the texts. */
import { readField } from "./read-field.ts";

export const countOption = "num_replicas";
export const autoscalingOption = "autoscaling_config";

/** In the order shown; the first three are open, the others under "more". */
export const scalingFields = [
  "min_replicas",
  "max_replicas",
  "target_ongoing_requests",
  "upscale_delay_s",
  "downscale_delay_s",
  "downscale_to_zero_delay_s",
  "look_back_period_s",
  "upscaling_factor",
  "downscaling_factor",
  "aggregation_function",
  "initial_replicas",
] as const;
export type ScalingField = (typeof scalingFields)[number];
export const openFields = 3;

type Texts = Readonly<Record<string, string>>;

/** Automatic: `num_replicas: auto`, or a block with bounds. */
export function isAutomatic(fields: Texts): boolean {
  const count = (fields[countOption] ?? "").trim();
  return count === "auto" || count === "null" || (fields[autoscalingOption] ?? "").trim() !== "";
}

/** The change of the two texts that makes it automatic or fixed. */
export function chooseScaling(fields: Texts, automatic: boolean): Texts {
  if (automatic) return { [countOption]: "auto" };
  const typed = Number(fields[countOption]);
  return { [countOption]: Number.isInteger(typed) && typed > 0 ? String(typed) : "1", [autoscalingOption]: "" };
}

/** Text of one inner field; "" = not set. */
export function scalingText(fields: Texts, field: ScalingField): string {
  const value = blockOf(fields)[field];
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The block with one inner field changed; what the form does not show (schedules, say) stays. Text that is no number stays text. */
export function setScaling(fields: Texts, field: ScalingField, text: string): string {
  const { [field]: _before, ...others } = blockOf(fields);
  const reading = readField(text, field === "aggregation_function" ? "text" : "number");
  const next =
    reading.state === "unset" ? others : { ...others, [field]: reading.state === "value" ? reading.value : text };
  return Object.keys(next).length === 0 ? "" : JSON.stringify(next);
}

function blockOf(fields: Texts): Record<string, unknown> {
  const reading = readField(fields[autoscalingOption] ?? "", "json");
  const value = reading.state === "value" ? reading.value : {};
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
